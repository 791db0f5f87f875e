import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { classicCapture, pcapngSection } from '../../../test/captures.ts'
import { InputError } from '../../types/errors.ts'
import { collect, readStdin } from './frames.case.ts'
import { createPcapSource } from './pcap.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-pcap-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function read(path: string, signal = new AbortController().signal) {
  const sink = collect()
  const progress: [number, number][] = []
  const source = createPcapSource({ path })
  const report = await source.run(sink, signal, { progress: (done, total) => progress.push([done, total]) })
  return { source, report, frames: sink.frames, progress }
}

const packets = Array.from({ length: 40 }, (_, i) => ({
  bytes: Uint8Array.from({ length: 50 + i }, () => i),
  time: 1_700_000_000 + i / 4,
}))
const classic = classicCapture(packets)
const section = pcapngSection(packets)

describe('createPcapSource', () => {
  it.each([
    ['a.pcap', classic],
    ['a.pcapng', section],
    ['a.pcap.gz', gzipSync(classic)],
    ['gzip without the name', gzipSync(section)],
    ['gzip in two members', Buffer.concat([gzipSync(classic.subarray(0, 100)), gzipSync(classic.subarray(100))])],
  ])('reads %s', async (name, content) => {
    const { source, report, frames, progress } = await read(file(name, content))
    expect(frames.map(({ bytes, time }) => ({ bytes: Uint8Array.from(bytes), time }))).toEqual(packets)
    expect(report).toEqual({ bytes: content.length, packets: 40, truncated: false, problems: {} })
    expect(source.name).toBe(name)
    expect(progress.at(-1)).toEqual([content.length, content.length])
  })

  it.each([1, 7, 1000])('reads standard input in pieces of %i bytes, plain and gzip', async (size) => {
    for (const content of [classic, section, gzipSync(classic)]) {
      const { report, frames } = await readStdin(content, size)
      expect(frames).toHaveLength(40)
      expect(report).toMatchObject({ packets: 40, truncated: false, bytes: content.length })
    }
  })

  it('reads a named pipe', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    const [{ report }] = await Promise.all([read(path), writeFile(path, classic)])
    expect(report).toMatchObject({ packets: 40, truncated: false })
  })

  it('keeps what comes before the end of a gzip file cut anywhere', async () => {
    const whole = gzipSync(classic)
    let most = 0
    for (let length = 1; length < whole.length; length += 3) {
      const { report } = await readStdin(whole.subarray(0, length))
      expect(report.truncated, `cut at ${length}`).toBe(true)
      expect(report.packets).toBeGreaterThanOrEqual(most)
      most = report.packets
    }
    expect(most).toBe(40)
  })

  it('counts damaged gzip, and keeps what came in pieces before', async () => {
    const damaged = gzipSync(classic)
    damaged[damaged.length - 8]! ^= 1
    const { report, frames } = await readStdin(damaged, 100)
    expect(report).toMatchObject({ truncated: true, problems: { 'bad-gzip': 1 } })
    expect(frames.length).toBeGreaterThan(20)
  })

  it('unpacks a bomb piece by piece, and not what is inside it', async () => {
    const bomb = gzipSync(Buffer.concat([classicCapture([]), Buffer.alloc(32 * 1024 * 1024)]))
    let frames = 0
    const sink = { ...collect(), frame: () => frames++ }
    await createPcapSource({ path: file('bomb.gz', bomb) }).run(sink, new AbortController().signal)
    expect(frames).toBe(2 * 1024 * 1024)
    await expect(read(file('nested.gz', gzipSync(bomb)))).rejects.toThrow('not a capture')
  })

  it('stops when told to, with what was read so far', async () => {
    const abort = new AbortController()
    const sink = { ...collect(), frame: () => abort.abort() }
    const big = classicCapture(Array.from({ length: 30 }, () => ({ bytes: new Uint8Array(100_000) })))
    const report = await createPcapSource({ path: file('big.pcap', big) }).run(sink, abort.signal)
    expect(report.packets).toBeLessThan(30)
    expect(report.truncated).toBe(false)
  })

  it('stops waiting for standard input when told to', async () => {
    const abort = new AbortController()
    const stdin = new Readable({ read() {} })
    stdin.push(classic)
    const run = createPcapSource({ path: '-', stdin }).run(collect(), abort.signal)
    setTimeout(() => abort.abort(), 20)
    expect(await run).toMatchObject({ packets: 40, truncated: false })
  })

  it('lets a fault of whoever takes the frames through, gzip or not', async () => {
    for (const content of [classic, gzipSync(classic)]) {
      const sink = {
        ...collect(),
        frame() {
          throw new RangeError('a fault of ours')
        },
      }
      const path = file('fault.pcap', content)
      await expect(createPcapSource({ path }).run(sink, new AbortController().signal)).rejects.toThrow(RangeError)
    }
  })
})

describe('what is no capture', () => {
  mkdirSync(join(folder, 'sub'))
  it.each([
    ['a missing file', join(folder, 'missing.pcap'), /missing\.pcap: no such file$/],
    ['a folder', join(folder, 'sub'), /sub: is a folder/],
    ['an empty file', file('empty', ''), /empty: is empty$/],
    ['a text file', file('notes.txt', 'time,source\n'), /notes\.txt: not a capture: neither pcap nor pcapng/],
    ['a very short file', file('short', 'ab'), /short: not a capture/],
    ['a packed text file', file('notes.gz', gzipSync('hello world')), /notes\.gz: not a capture/],
    [
      'what only starts like gzip',
      file('odd.gz', Uint8Array.of(0x1f, 0x8b, 9, 9, 9, 9)),
      /odd\.gz: not a capture: damaged/,
    ],
  ])('%s is told in one line', async (_, path, message) => {
    const error = await read(path).catch((failure) => failure)
    expect(error).toBeInstanceOf(InputError)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
  })

  it('nor is empty standard input', async () => {
    await expect(readStdin(new Uint8Array(0))).rejects.toThrow('standard input: is empty')
  })
})
