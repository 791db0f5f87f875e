import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { classicCapture, pcapngSection } from '../../test/captures.ts'
import { InputError } from '../types/errors.ts'
import { createFileSource } from './detect.ts'
import { collectFlows, readInput } from './flow-log/collect.case.ts'
import { FILE_KINDS } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-detect-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function read(path: string, signal = new AbortController().signal) {
  const sink = collectFlows()
  const source = createFileSource({ path, kinds: FILE_KINDS })
  const report = await source.run(sink, signal)
  return { source, report, flows: sink.flows, frames: sink.frames }
}

const COUNT = 200
const each = (line: (i: number) => string): string => Array.from({ length: COUNT }, (_, i) => line(i)).join('')
const packets = Array.from({ length: COUNT }, (_, i) => ({ bytes: new Uint8Array(60), time: 1000 + i }))
const FIELDS = [
  'ts',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'duration',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
]
/** The last line was written first. */
const row = (i: number) => [1000 + COUNT - i, '10.0.0.1', 1024 + i, '10.0.0.2', 53, 'udp', 0, 1, 60, 0]

const INPUTS: readonly (readonly [string, Uint8Array])[] = [
  ['a capture', classicCapture(packets)],
  ['a capture of the next generation', pcapngSection(packets)],
  [
    'tab-separated conn.log',
    Buffer.from(`#separator \\x09\n#fields\t${FIELDS.join('\t')}\n${each((i) => `${row(i).join('\t')}\n`)}`),
  ],
  [
    'conn.log in JSON',
    Buffer.from(
      each(
        (i) =>
          `${JSON.stringify({ ...Object.fromEntries(row(i).map((cell, at) => [FIELDS[at], cell])), conn_state: 'S0' })}\n`,
      ),
    ),
  ],
  ['conn.log in CSV', Buffer.from(`\ufeff${FIELDS.join(',')}\r\n${each((i) => `${row(i).join(',')}\r\n`)}`)],
  [
    'binetflow',
    Buffer.from(
      `StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes\n${each((i) => `${1000 + COUNT - i},0,udp,10.0.0.1,${1024 + i},->,10.0.0.2,53,INT,1,74,74\n`)}`,
    ),
  ],
]

describe.each(INPUTS)('createFileSource with %s', (name, content) => {
  const isLog = !name.includes('capture')

  it('knows it by its content: as file, gzip, pipe and standard input', async () => {
    const pipe = join(folder, `${name} pipe`)
    execFileSync('mkfifo', [pipe])
    const [throughPipe] = await Promise.all([read(pipe), writeFile(pipe, content)])
    const readings = [await read(file(name, content)), await read(file(`${name}.gz`, gzipSync(content))), throughPipe]
    expect(readings.map(({ source }) => source.name)).toEqual([name, `${name}.gz`, `${name} pipe`])
    for (const reading of [...readings, await readInput(content), await readInput(gzipSync(content), 7)]) {
      expect(reading.report).toMatchObject({ packets: COUNT, truncated: false, problems: {} })
      expect([reading.flows.length, reading.frames]).toEqual(isLog ? [COUNT, 0] : [0, COUNT])
    }
  })

  it('hands on the same in pieces of any size', async () => {
    const whole = await readInput(content)
    for (const size of [1, 3, 1000]) expect(await readInput(content, size)).toEqual(whole)
  })

  it('says of gzip that was cut that it is, and keeps what came before', async () => {
    const cut = await read(file(`${name} cut`, gzipSync(content, { level: 0 }).subarray(0, content.length / 2)))
    expect(cut.report.truncated).toBe(true)
    expect(cut.report.packets).toBeGreaterThan(COUNT / 4)
    expect(cut.report.packets).toBeLessThan(COUNT)
    expect(cut.report.problems).toEqual({})
  })

  it('ends when told to', async () => {
    const { report } = await read(file(`${name} aborted`, content), AbortSignal.abort())
    expect(report).toMatchObject({ packets: 0, truncated: false })
  })
})

describe('createFileSource', () => {
  it('orders flows by time, numbers them, and says from which line they are', async () => {
    const { flows, report } = await readInput(INPUTS[5]![1])
    expect(flows.map(({ id }) => id)).toEqual(flows.map((_, i) => i + 1))
    expect(flows.map(({ frame }) => frame)).toEqual(flows.map((_, i) => COUNT + 1 - i))
    expect(report.bytes).toBe(COUNT * 60)
  })

  it('counts lines that are too long or no UTF-8, and reads on', async () => {
    const log = INPUTS[4]![1]
    const hostile = Buffer.concat([
      log,
      Buffer.alloc(1_100_000, 'x'),
      Buffer.from('\n\xff\xfe,\x00\n', 'latin1'),
      log.subarray(3),
    ])
    const { report } = await readInput(hostile)
    expect(report).toMatchObject({ packets: 2 * COUNT, problems: { 'line-too-long': 1, 'wrong-columns': 1 } })
  })

  it.each([
    [
      'a text file',
      'notes.txt',
      'time,source\n',
      /notes\.txt: not a capture: neither pcap nor pcapng, nor .*Zeek conn\.log, .*Argus binetflow/,
    ],
    ['packed text', 'notes.gz', gzipSync('hello, this is no capture\n'), /notes\.gz: not a capture: neither/],
    ['an empty file', 'empty', '', /empty: is empty/],
    ['another log of Zeek', 'dns.log', '{"ts":1,"id.orig_h":"10.0.0.1","query":"x"}\n', /dns\.log: .*not conn\.log/],
    [
      'too few columns',
      'few.csv',
      'ts,id.orig_h,id.resp_h,proto,resp_pkts\n',
      /few\.csv: .* needs the column orig_pkts$/,
    ],
  ])('refuses %s in one line', async (_, name, content, message) => {
    const reading = read(file(name, content))
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toBeInstanceOf(InputError)
    await expect(read(join(folder, 'nowhere'))).rejects.toThrow(/nowhere: no such file/)
    await expect(read(folder)).rejects.toThrow(/is a folder/)
  })
})
