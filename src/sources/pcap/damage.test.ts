import { describe, expect, it } from 'vitest'
import { classicCapture, pcapngBlock, pcapngSection } from '../../../test/captures.ts'
import { readPieces } from './frames.case.ts'

const good = { bytes: Uint8Array.from({ length: 60 }, (_, i) => i), time: 1 }

/** A capture with a number overwritten. */
function with32(capture: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(capture)
  changed.writeUInt32LE(value >>> 0, at)
  return changed
}

const classic = classicCapture([good, good, good])
/** Length field of the second record. */
const INCLUDED = 24 + 16 + 60 + 8
const section = pcapngSection([good, good, good])
const BLOCK = 28 + 20
const SECOND = BLOCK + 92

/** Every lie ends in a count, never in a throw, a hang or a large buffer. Packets before it are kept. */
const LIES: [string, Buffer, Record<string, number>, number][] = [
  ['a record of 2^31 bytes', with32(classic, INCLUDED, 2 ** 31), { 'bad-record-length': 1 }, 1],
  ['a record of 2^32-1 bytes', with32(classic, INCLUDED, 2 ** 32 - 1), { 'bad-record-length': 1 }, 1],
  ['a record larger than any packet', with32(classic, INCLUDED, 262_145), { 'bad-record-length': 1 }, 1],
  ['a record that reaches beyond the end', with32(classic, INCLUDED, 100_000), {}, 1],
  ['a version that never was', with32(classic, 4, 9), { 'unsupported-pcap-version': 1 }, 0],
  ['a block of length 0', with32(section, SECOND + 4, 0), { 'bad-block-length': 1 }, 1],
  ['a block of odd length', with32(section, SECOND + 4, 93), { 'bad-block-length': 1 }, 1],
  ['a block shorter than its own frame', with32(section, SECOND + 4, 8), { 'bad-block-length': 1 }, 1],
  ['a block of 4 GiB', with32(section, SECOND + 4, 2 ** 32 - 4), { 'bad-block-length': 1 }, 1],
  ['a block of 16 MiB that is not there', with32(section, SECOND + 4, 2 ** 24), { 'block-too-long': 1 }, 1],
  ['lengths before and after that differ', with32(section, SECOND + 88, 96), { 'bad-block-length': 1 }, 1],
  ['a captured length beyond the block', with32(section, SECOND + 20, 61), { 'bad-packet-length': 1 }, 2],
  ['a captured length of 2^31', with32(section, SECOND + 20, 2 ** 31), { 'bad-packet-length': 1 }, 2],
  ['an interface nobody described', with32(section, SECOND + 8, 7), { 'unknown-interface': 1 }, 2],
  ['a byte order that is none', with32(section, 8, 0x12345678), { 'bad-byte-order': 1 }, 0],
  ['a section of another version', with32(section, 12, 2), { 'unsupported-pcapng-version': 1 }, 0],
  ['an interface block too short', spliced(pcapngBlock(1, Uint8Array.of(1, 0, 0, 0))), { 'bad-interface-block': 1 }, 3],
  ['a packet block too short', spliced(pcapngBlock(6, new Uint8Array(8))), { 'bad-packet-length': 1 }, 3],
  ['a simple packet too short', spliced(pcapngBlock(3, Uint8Array.of(200, 0, 0, 0))), { 'bad-packet-length': 1 }, 3],
  ['options that overrun', spliced(pcapngBlock(1, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 255, 255))), {}, 3],
]

function spliced(block: Buffer): Buffer {
  return Buffer.concat([section.subarray(0, BLOCK), block, section.subarray(BLOCK)])
}

describe('lying headers', () => {
  it.each(LIES)('%s', (_, capture, problems, packets) => {
    for (const cuts of [[], Array.from({ length: capture.length }, (__, i) => i)]) {
      const { reader, frames } = readPieces(capture, cuts)
      expect(frames).toHaveLength(packets)
      expect(reader.packets).toBe(packets)
      expect(reader.problems.toRecord()).toEqual(problems)
    }
  })

  it('keeps no more interfaces than its cap', () => {
    const interfaces = Array.from({ length: 5000 }, () => ({}))
    const { reader, frames } = readPieces(pcapngSection([{ ...good, source: 4999 }, good], { interfaces }))
    expect(reader.problems.toRecord()).toEqual({ 'too-many-interfaces': 904, 'unknown-interface': 1 })
    expect(frames).toHaveLength(1)
  })

  it('does not believe a time beyond all calendars', () => {
    const capture = pcapngSection([good, { ...good, source: 1 }], { interfaces: [{}, { offset: 2n ** 62n }] })
    const { reader, frames } = readPieces(capture)
    expect(frames.map(({ time }) => time)).toEqual([1, 1])
    expect(reader.problems.toRecord()).toEqual({ 'bad-timestamp': 1 })
  })
})
