import { type ChildProcess, spawn } from 'node:child_process'
import { type Capture, type CaptureTool, type Counted, complaint } from './tool.ts'

/** Bytes kept of what the program says. */
const SAID_MAX = 8_192
/** Milliseconds a program has to end after it was asked to. */
const PATIENCE = 3_000

export interface SessionOptions {
  tool: CaptureTool
  /** Where the tool is. */
  path: string
  capture: Capture
  /** Takes the capture, piece by piece. */
  onData: (chunk: Buffer) => void
}

/** How a capturing program ended. */
export interface SessionEnd {
  /** Bytes of capture it wrote. */
  bytes: number
  /** Its last counts; null when it had no chance to tell, as after a `kill -9`. */
  counted: Counted | null
  /** What it complained of, or how it was ended. */
  reason: string
}

/** One run of the capturing program. */
export interface Session {
  readonly ended: Promise<SessionEnd>
  /** The counts it told last. Asks for new ones where the program can be asked. */
  counted(): Counted | null
  /** Asks it to end, and makes it. */
  stop(): void
}

/**
 * Starts the program. It gets its arguments as they are, without a shell, and none of our environment. Its output is a pipe
 * to us, so it ends with us however we end: at the next packet.
 */
export function startSession({ tool, path, capture, onData }: SessionOptions): Session {
  let bytes = 0
  let said = ''
  let counted: Counted | null = null
  // In a group of its own, it is not ended by a Ctrl+C meant for us before we asked for its last counts.
  const child = spawn(path, tool.arguments(capture), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C' },
    detached: true,
  })
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    onData(chunk)
  })
  child.stderr.setEncoding('latin1').on('data', (text: string) => {
    said = (said + text).slice(-SAID_MAX)
    counted = tool.counted(said) ?? counted
  })
  const ended = new Promise<SessionEnd>((resolve) => {
    child.once('error', (error) => resolve({ bytes, counted, reason: error.message }))
    child.once('close', (code, signal) => {
      const killed = `${tool.name} was ended by ${signal}: what it still held is in no count`
      const how = signal === null ? `${tool.name} ended with code ${code}` : killed
      resolve({ bytes, counted, reason: complaint(said) || how })
    })
  })
  let asked = false
  return {
    ended,
    counted() {
      if (tool.askSignal !== null && bytes > 0) child.kill(tool.askSignal)
      return counted
    },
    stop() {
      if (asked) return
      asked = true
      stop(child, ended)
    },
  }
}

function stop(child: ChildProcess, ended: Promise<unknown>): void {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  void ended.then(() => clearTimeout(timer))
}
