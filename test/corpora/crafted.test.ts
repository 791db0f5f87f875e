import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { createPcapSource } from '../../src/sources/pcap/pcap.ts'
import { classicCapture, pcapngSection } from '../captures.ts'
import { findTools } from './corpus.ts'

// Not zeros: in those wiretap may see record headers of some vendor's format.
const packets = Array.from({ length: 7 }, (_, i) => ({
  bytes: new Uint8Array(60 + i).fill(0xee),
  time: 1_700_000_000 + i,
}))
const folder = mkdtempSync(join(tmpdir(), 'nads-crafted-'))
afterAll(() => rmSync(folder, { recursive: true }))

const WHOLE: [string, Buffer][] = [
  ['little-endian', classicCapture(packets)],
  ['big-endian', classicCapture(packets, { littleEndian: false })],
  ['nanoseconds', classicCapture(packets, { magic: 0xa1b23c4d })],
  ['modified', classicCapture(packets, { magic: 0xa1b2cd34 })],
  ['modified-big', classicCapture(packets, { magic: 0xa1b2cd34, littleEndian: false })],
  ['pcapng', pcapngSection(packets)],
  ['pcapng-big', pcapngSection(packets, { littleEndian: false })],
  ['pcapng-obsolete', pcapngSection(packets, { block: 'obsolete' })],
  ['pcapng-simple', pcapngSection(packets, { block: 'simple' })],
  ['pcapng-sections', Buffer.concat([pcapngSection(packets), pcapngSection(packets, { littleEndian: false })])],
  ['gzip', gzipSync(classicCapture(packets))],
]

/** Packets capinfos counts, and whether it found the file damaged or cut; null when it sees no capture. */
function capinfosSays(path: string): { packets: number; intact: boolean } | null {
  const { stdout, status } = spawnSync('capinfos', ['-T', '-r', '-M', '-c', path], { encoding: 'utf8' })
  return stdout === '' ? null : { packets: Number(stdout.trim().split('\t')[1]), intact: status === 0 }
}

async function weSay(path: string): Promise<{ packets: number; intact: boolean }> {
  const sink = { frame: () => {}, flush: () => {}, flow: () => {}, tick: () => {} }
  const {
    packets: count,
    truncated,
    problems,
  } = await createPcapSource({ path }).run(sink, new AbortController().signal)
  return { packets: count, intact: !truncated && Object.keys(problems).length === 0 }
}

describe.skipIf(!findTools('capinfos'))('captures of our own making, as capinfos sees them', () => {
  it.each(WHOLE)('%s', async (name, capture) => {
    const path = join(folder, name)
    writeFileSync(path, capture)
    expect(await weSay(path)).toEqual(capinfosSays(path))
  })

  it.each(WHOLE.slice(0, 7))('%s, cut here and there', async (name, capture) => {
    for (let length = 60; length < capture.length; length += 37) {
      const path = join(folder, `${name}-${length}`)
      writeFileSync(path, capture.subarray(0, length))
      expect(await weSay(path), `cut at ${length}`).toEqual(capinfosSays(path))
    }
  })

  it.each(WHOLE.slice(0, 7))('%s, with a lying length', async (name, capture) => {
    for (const lie of [0, 1, 13, 2 ** 20, 2 ** 31, 2 ** 32 - 1]) {
      const path = join(folder, `${name}-lie-${lie}`)
      const changed = Buffer.from(capture)
      const at = name.startsWith('pcapng') ? 28 + 20 + 4 : 24 + 8
      if (/big/.test(name)) changed.writeUInt32BE(lie, at)
      else changed.writeUInt32LE(lie, at)
      writeFileSync(path, changed)
      const theirs = capinfosSays(path)
      const ours = await weSay(path)
      // A length that is possible leads both astray, each in its own way; one that is not stops both.
      if (theirs !== null && lie > 2 ** 19) expect([lie, ours]).toEqual([lie, theirs])
      expect(ours.intact && lie > 2 ** 19).toBe(false)
    }
  })
})
