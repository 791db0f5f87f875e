import type { FrameSink } from '../../types/packet.ts'
import { type CaptureParser, PACKET_MAX, type Problems, ViewCache } from './capture.ts'

const FILE_HEADER = 24
const RECORD_HEADER = 16
/** Kuznetzov's libpcap patch adds interface index, protocol and packet type to every record. */
const MODIFIED_RECORD_HEADER = 24

const MICROSECONDS = 0xa1b2c3d4
const NANOSECONDS = 0xa1b23c4d
const MODIFIED = 0xa1b2cd34
/** Written as major version by some old systems; lengths are swapped in them. */
const ODD_MAJOR = 543

interface Variant {
  littleEndian: boolean
  unitsPerSecond: number
  recordHeader: number
}

const VARIANTS = new Map<number, Variant>()
for (const [magic, unitsPerSecond, recordHeader] of [
  [MICROSECONDS, 1e6, RECORD_HEADER],
  [NANOSECONDS, 1e9, RECORD_HEADER],
  [MODIFIED, 1e6, MODIFIED_RECORD_HEADER],
] as const) {
  const swapped = new DataView(Uint32Array.of(magic).buffer)
  for (const littleEndian of [true, false]) {
    VARIANTS.set(swapped.getUint32(0, !littleEndian), { littleEndian, unitsPerSecond, recordHeader })
  }
}

/** The first four bytes of every kind of classic capture, as big-endian numbers. */
export const CLASSIC_MAGICS: readonly number[] = [...VARIANTS.keys()]

/** Classic pcap (libpcap savefile): both byte orders, micro- and nanoseconds, any snap length. */
export class ClassicParser implements CaptureParser {
  packets = 0
  stopped = false
  complete = false
  readonly #variant: Variant
  readonly #problems: Problems
  readonly #views = new ViewCache()
  #link = -1
  /** Which of the two length fields is the captured one: libpcap before 2.3 wrote them the other way round. */
  #swap: 'never' | 'always' | 'if-larger' = 'never'

  constructor(magic: number, problems: Problems) {
    this.#variant = VARIANTS.get(magic)!
    this.#problems = problems
  }

  parse(buffer: Uint8Array, from: number, to: number, sink: FrameSink): number {
    let at = from
    if (this.#link < 0) {
      if (to - at < FILE_HEADER) return at
      this.#readFileHeader(this.#views.of(buffer), at)
      at += FILE_HEADER
    }
    if (!this.stopped) at = this.#readRecords(buffer, at, to, sink)
    this.complete = at === to
    return at
  }

  #readFileHeader(view: DataView, at: number): void {
    const { littleEndian } = this.#variant
    const major = view.getUint16(at + 4, littleEndian)
    const minor = view.getUint16(at + 6, littleEndian)
    // The upper half holds the length of the frame check sequence, not part of the link type.
    this.#link = view.getUint32(at + 20, littleEndian) & 0xffff
    if (major === ODD_MAJOR || minor < 3) this.#swap = 'always'
    else if (minor === 3) this.#swap = 'if-larger'
    if (major !== 2 && major !== ODD_MAJOR) this.#stop('unsupported-pcap-version')
  }

  #readRecords(buffer: Uint8Array, from: number, to: number, sink: FrameSink): number {
    const view = this.#views.of(buffer)
    const { littleEndian, unitsPerSecond, recordHeader } = this.#variant
    const link = this.#link
    let at = from
    while (to - at >= recordHeader) {
      let captured = view.getUint32(at + 8, littleEndian)
      let length = view.getUint32(at + 12, littleEndian)
      if (this.#swap !== 'never' && (this.#swap === 'always' || captured > length)) {
        const other = captured
        captured = length
        length = other
      }
      if (captured > PACKET_MAX) {
        this.#stop('bad-record-length')
        break
      }
      // Small integers all along: a double here would make the offsets of every layer above doubles.
      const next = (at + recordHeader + captured) | 0
      if (next > to) break
      const time = view.getUint32(at, littleEndian) + view.getUint32(at + 4, littleEndian) / unitsPerSecond
      sink.frame(buffer, (at + recordHeader) | 0, captured | 0, length, time, link)
      this.packets++
      at = next
    }
    return at
  }

  #stop(problem: string): void {
    this.#problems.count(problem)
    this.stopped = true
  }
}
