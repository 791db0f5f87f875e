import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CapturedPacket, classicCapture, pcapngBlock, pcapngSection } from '../../../test/captures.ts'
import { readPieces } from './frames.case.ts'

const packets: CapturedPacket[] = [
  { bytes: Uint8Array.of(1, 2, 3, 4, 5), time: 1_700_000_000.25 },
  { bytes: Uint8Array.of(6), time: 1_700_000_000.5, length: 1500 },
  { bytes: new Uint8Array(0), time: 1_700_000_001 },
  { bytes: Uint8Array.from({ length: 70 }, (_, i) => i), time: 1_700_000_002.75 },
]
const expected = packets.map(({ bytes, time, length = bytes.length }) => ({ bytes: [...bytes], time, length, link: 1 }))

const FORMATS: [string, Buffer][] = [
  ['pcap, little-endian', classicCapture(packets)],
  ['pcap, big-endian', classicCapture(packets, { littleEndian: false })],
  ['pcap, nanoseconds', classicCapture(packets, { magic: 0xa1b23c4d })],
  ['pcap, nanoseconds, big-endian', classicCapture(packets, { magic: 0xa1b23c4d, littleEndian: false })],
  ['pcap, modified', classicCapture(packets, { magic: 0xa1b2cd34 })],
  ['pcap, snap length of 0', classicCapture(packets, { snapLength: 0 })],
  ['pcapng, little-endian', pcapngSection(packets)],
  ['pcapng, big-endian', pcapngSection(packets, { littleEndian: false })],
  ['pcapng, obsolete packet blocks', pcapngSection(packets, { block: 'obsolete' })],
  ['pcapng, nanoseconds', pcapngSection(packets, { interfaces: [{ resolution: 9 }] })],
  ['pcapng, 2^-20 seconds', pcapngSection(packets, { interfaces: [{ resolution: 0x80 | 20 }] })],
]

describe('CaptureReader', () => {
  it.each(FORMATS)('reads %s', (_, capture) => {
    const { reader, frames } = readPieces(capture)
    expect(frames).toEqual(expected)
    expect(reader).toMatchObject({ recognised: 'capture', truncated: false, stopped: false, packets: packets.length })
    expect(reader.problems.toRecord()).toEqual({})
  })

  it.each(FORMATS)('reads %s alike however it is cut into pieces', (_, capture) => {
    const cuts = fc.array(fc.integer({ min: 0, max: capture.length }), { maxLength: 20 })
    fc.assert(
      fc.property(cuts, (places) => {
        const { reader, frames } = readPieces(
          capture,
          places.sort((a, b) => a - b),
        )
        expect(frames).toEqual(expected)
        expect(reader.truncated).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it.each(FORMATS)('keeps the whole packets of %s cut anywhere', (_, capture) => {
    const ends = recordEnds(capture)
    const packetEnds = ends.slice(-packets.length)
    for (let length = 1; length < capture.length; length++) {
      const { reader, frames } = readPieces(capture.subarray(0, length))
      const whole = packetEnds.filter((end) => end <= length).length
      expect(frames, `cut at ${length}`).toEqual(expected.slice(0, whole))
      expect(reader.recognised, `cut at ${length}`).toBe(length < 4 ? 'too-short' : 'capture')
      expect(reader.truncated, `cut at ${length}`).toBe(!ends.includes(length))
    }
  })

  it('reads every interface by its own link type, resolution and offset', () => {
    const capture = pcapngSection(
      [
        { bytes: Uint8Array.of(1), time: 5.5, source: 0 },
        { bytes: Uint8Array.of(2), time: 5.5, source: 1 },
        { bytes: Uint8Array.of(3), time: 5.5, source: 2 },
      ],
      {
        interfaces: [
          { link: 1 },
          { link: 113, resolution: 3, offset: 100n },
          { link: 101, resolution: 9, offset: -5n },
        ],
      },
    )
    expect(readPieces(capture).frames.map(({ link, time }) => [link, time])).toEqual([
      [1, 5.5],
      [113, 105.5],
      [101, 0.5],
    ])
  })

  it('gives simple packets the length the snap length leaves, and the time of the packet before', () => {
    const first = pcapngSection([{ bytes: Uint8Array.of(9), time: 7 }], { interfaces: [{ snapLength: 4 }] })
    const simple = pcapngBlock(3, Uint8Array.of(100, 0, 0, 0, 1, 2, 3, 4))
    const { frames } = readPieces(Buffer.concat([first, simple]))
    expect(frames[1]).toEqual({ bytes: [1, 2, 3, 4], length: 100, time: 7, link: 1 })
  })

  it('starts anew with each section, in its own byte order', () => {
    const sections = [
      pcapngSection(packets, { interfaces: [{ link: 1 }] }),
      pcapngSection(packets, { littleEndian: false, interfaces: [{ link: 1, resolution: 9 }] }),
    ]
    expect(readPieces(Buffer.concat(sections)).frames).toEqual([...expected, ...expected])
  })

  it('passes over blocks it does not know, however long', () => {
    const [head, tail] = [pcapngSection(packets), pcapngSection(packets)]
    const unknown = pcapngBlock(0x0bad, new Uint8Array(3_000_000))
    const { frames, reader } = readPieces(Buffer.concat([head, unknown, tail]), [200, 100_000, 2_999_999])
    expect(frames).toHaveLength(2 * packets.length)
    expect(reader.truncated).toBe(false)
    expect(readPieces(Buffer.concat([head, unknown.subarray(0, 1000)])).reader.truncated).toBe(true)
  })

  it('swaps the lengths that libpcap before 2.3 wrote the other way round', () => {
    const [packet] = packets
    const old = classicCapture([packet!], { minor: 2 })
    old.writeUInt32LE(1500, 24 + 8)
    old.writeUInt32LE(packet!.bytes.length, 24 + 12)
    expect(readPieces(old).frames).toEqual([{ ...expected[0], length: 1500 }])
  })

  it('says so when the buffer is about to be reused', () => {
    expect(readPieces(classicCapture(packets), [50]).flushes).toBe(2)
  })
})

/** Where a capture may end without anything missing: behind its header, and behind every record or block. */
function recordEnds(capture: Buffer): number[] {
  const ends = []
  if (capture.readUInt32BE(0) === 0x0a0d0d0a) {
    const littleEndian = capture.readUInt32LE(8) === 0x1a2b3c4d
    for (let at = 0; at < capture.length; ends.push(at)) {
      at += littleEndian ? capture.readUInt32LE(at + 4) : capture.readUInt32BE(at + 4)
    }
    return ends
  }
  const tail = packets.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const header = (capture.length - 24 - tail) / packets.length
  for (let at = 24, i = 0; i <= packets.length; at += header + (packets[i]?.bytes.length ?? 0), i++) ends.push(at)
  return ends
}
