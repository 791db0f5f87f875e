import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const DATA = process.env.NADS_DATA ?? '../shared/data'

/** Folder of the small captures, one folder a project they come from; null, saying so, where it is absent. */
export function findCorpus(): string | null {
  const path = resolve(DATA, 'protocols')
  return existsSync(path) ? path : missing(`${path} (NADS_DATA names the folder)`)
}

/** True when all `commands` can be run; says which cannot. */
export function findTools(...commands: string[]): boolean {
  const absent = commands.filter((command) => spawnSync(command, ['-v']).error !== undefined)
  return absent.length === 0 || missing(`the commands ${absent.join(', ')}`) !== null
}

/** Absence skips a test with one line, but with CI=true it is a failure. */
function missing(what: string): null {
  if (process.env.CI === 'true') throw new Error(`missing: ${what}`)
  console.log(`skipped, not found: ${what}`)
  return null
}

/** All files below `folder`, relative to it, in order. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

export interface CaptureInfo {
  packets: number
  /** `pcap`, `nsecpcap`, `pcapng` ... */
  format: string
  /** As wiretap names it: `ether`, `linux-sll`, `per-packet` ... */
  encapsulation: string
}

/** What capinfos says of every file of `folder` it can read to the end. */
export function capinfos(folder: string, files: readonly string[]): Map<string, CaptureInfo> {
  // Exit status 1 only means that some of the files are no captures.
  const result = spawnSync('capinfos', ['-T', '-r', '-M', '-t', '-E', '-c', ...files], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const lines = result.stdout.trim().split('\n')
  return new Map(
    lines.map((line) => {
      const [file = '', format = '', encapsulation = '', packets] = line.split('\t')
      return [file, { packets: Number(packets), format, encapsulation }]
    }),
  )
}

/** Rows of all occurrences of each field, by commas, as tshark reads them without looking beyond the frame. */
export function tsharkFields<Name extends string>(path: string, fields: readonly Name[]): Record<Name, string>[] {
  const plain = ['ip.defragment', 'ipv6.defragment', 'tcp.desegment_tcp_streams'].flatMap((name) => [
    '-o',
    `${name}:FALSE`,
  ])
  const names = fields.flatMap((field) => ['-e', field])
  const output = execFileSync(
    'tshark',
    [
      '-n',
      '-r',
      path,
      ...plain,
      '--enable-protocol',
      'communityid',
      '-d',
      'udp.port==8472,vxlan',
      '-T',
      'fields',
      '-E',
      'occurrence=a',
      ...names,
    ],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const values = line.split('\t')
      return Object.fromEntries(fields.map((field, i) => [field, values[i] ?? ''])) as Record<Name, string>
    })
}

/** One capture of all packets of `files`, which must share a link type, one file after the other. */
export function merge(folder: string, files: readonly string[], path: string): void {
  execFileSync('mergecap', ['-a', '-F', 'nsecpcap', '-w', path, ...files], { cwd: folder, stdio: 'ignore' })
}
