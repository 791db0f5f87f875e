import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const nads = fileURLToPath(new URL('../bin/nads.js', import.meta.url))

/** The program, serving its page. */
export interface Served {
  url: string
  child: ChildProcess
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>
}

/** Starts it on any free port; resolves when it says where its page is, rejects when it ends before. */
export async function serve(...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [nads, ...args, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  child.stderr.on('data', (text) => (said = `${said}${text}`.slice(-1_000)))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^ *Dashboard +(\S+)$/.exec(line)
      if (found !== null) resolve(found[1]!)
    })
    void ended.then(() => reject(new Error(`nads ${args.join(' ')} ended: ${said}`)))
  })
  return {
    url,
    child,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
