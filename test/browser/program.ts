import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const NADS = resolve(import.meta.dirname, '../../bin/nads.js')

export interface Program {
  url: string
  port: number
  /** What it printed so far. */
  output(): string
  /** Asks it to end as Ctrl+C does; resolves to its exit code. */
  stop(): Promise<number | null>
}

/** The real program as a person starts it, on a free port (or `port`) and with a data folder of its own, once it answers. */
export async function startProgram(args: readonly string[] = [], port?: number): Promise<Program> {
  const chosen = port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'nads-program-'))
  const command = [NADS, 'start', '--port', String(chosen), '--data-dir', folder, ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const kill = (): boolean => child.kill()
  process.once('exit', kill)
  const stop = async (): Promise<number | null> => {
    kill()
    process.removeListener('exit', kill)
    const code = await ended
    rmSync(folder, { recursive: true, force: true })
    return code
  }
  const url = `http://127.0.0.1:${chosen}`
  for (let tries = 0; tries < 1_500; tries++) {
    const answer = await fetch(`${url}/healthz`).catch(() => null)
    if (answer?.ok) return { url, port: chosen, output: () => output, stop }
    if (child.exitCode !== null) break
    await sleep(100)
  }
  await stop()
  throw new Error(`nads start did not answer\n${output}`)
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
