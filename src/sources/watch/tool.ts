import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What is to be captured. */
export interface Capture {
  interface: string
  filter: string
  snapLength: number
  promiscuous: boolean
}

/** Packets as the capturing program counts them; `received` includes the dropped ones. */
export interface Counted {
  received: number
  dropped: number
}

/** A program that captures for us, so that we need no privilege. */
export interface CaptureTool {
  readonly name: 'dumpcap' | 'tcpdump'
  /** Its arguments: it writes a capture to standard output until it is asked to end. */
  arguments(capture: Capture): string[]
  /** Counts it printed, the latest; null when `text` holds none. */
  counted(text: string): Counted | null
  /** The signal that makes it print its counts while it runs. */
  readonly askSignal: NodeJS.Signals | null
}

/** MiB of kernel buffer: 2 s of 50,000 packets a second at the default snap length. */
const BUFFER = 32

const DUMPCAP: CaptureTool = {
  name: 'dumpcap',
  arguments: (capture) => [
    ...['-q', '-n', '-i', capture.interface, '-s', String(capture.snapLength), '-B', String(BUFFER)],
    ...(capture.promiscuous ? [] : ['-p']),
    ...(capture.filter === '' ? [] : ['-f', capture.filter]),
    ...['-w', '-'],
  ],
  counted(text) {
    const found = [...text.matchAll(/^Packets received\/dropped on interface '.*': (\d+)\/(\d+) /gm)].at(-1)
    return found === undefined ? null : { received: Number(found[1]) + Number(found[2]), dropped: Number(found[2]) }
  },
  askSignal: null,
}

const TCPDUMP: CaptureTool = {
  name: 'tcpdump',
  arguments: (capture) => [
    ...['-n', '-i', capture.interface, '-s', String(capture.snapLength), '-B', String(BUFFER * 1024)],
    ...(capture.promiscuous ? [] : ['-p']),
    ...['-U', '--immediate-mode', '-w', '-'],
    ...(capture.filter === '' ? [] : ['--', capture.filter]),
  ],
  counted(text) {
    const received = [...text.matchAll(/(\d+) packets? received by filter/g)].at(-1)
    const dropped = [...text.matchAll(/(\d+) packets? dropped by kernel/g)].at(-1)
    return received === undefined || dropped === undefined
      ? null
      : { received: Number(received[1]), dropped: Number(dropped[1]) }
  },
  askSignal: 'SIGUSR1',
}

/** In the order of preference. */
export const CAPTURE_TOOLS: readonly CaptureTool[] = [DUMPCAP, TCPDUMP]

/** Where system programs are, whatever the PATH of whoever started us. */
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The path of a program; null when it is not installed. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | null {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...FOLDERS]
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null
}

/** What both programs say when all is well. */
const ORDINARY =
  /^(Capturing on|File:|Packets captured|Packets received|tcpdump: listening on|tcpdump: data link type|\d+ packets?|tcpdump: \d+ packets?|\s*$)/

/** Why the program ended, in its words; empty when it said nothing but what it always says. */
export function complaint(text: string): string {
  const line = text.split('\n').find((candidate) => !ORDINARY.test(candidate)) ?? ''
  return line
    .replace(/^(tcpdump|dumpcap): /, '')
    .trim()
    .slice(0, 200)
}
