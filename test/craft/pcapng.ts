import { bytesOf, concat, zeros } from './bytes.ts'
import { type Frame, split } from './frame.ts'
import { type Endian, wordWriter } from './pcap.ts'

export interface Interface {
  /** LINKTYPE_ number; 1 is Ethernet. */
  link?: number
  snaplen?: number
  /** Decimal digits of a second in a timestamp (`if_tsresol`); 6 unless given, and then the option is left out. */
  digits?: number
  name?: string
}

export interface PcapngOptions {
  endian?: Endian
  interfaces?: readonly Interface[]
  /** Simple packet blocks, which have no time and only know interface 0. */
  simple?: boolean
  /** Adds blocks and options a reader must skip: a comment, name resolution, a block of local use, statistics. */
  decorated?: boolean
}

/** A pcapng file of one section. */
export function pcapng(frames: readonly Frame[], options: PcapngOptions = {}): Uint8Array {
  const { endian = 'little', interfaces = [{}], simple = false, decorated = false } = options
  const writer = createWriter(endian)
  const blocks = [writer.section(decorated), ...interfaces.map(writer.describe)]
  if (decorated) blocks.push(writer.block(4, zeros(4)), writer.block(0x80000001, zeros(12)))
  for (const frame of frames) {
    const index = frame.interface ?? 0
    blocks.push(simple ? writer.simple(frame, interfaces[0]!) : writer.enhanced(frame, index, interfaces[index]!))
  }
  if (decorated) blocks.push(writer.block(5, writer.words(0, 0, 0)))
  return concat(...blocks)
}

function createWriter(endian: Endian) {
  const words = wordWriter(endian)
  const halves = (first: number, second: number): Uint8Array =>
    words(endian === 'little' ? (second << 16) | first : (first << 16) | second)
  const block = (type: number, body: Uint8Array): Uint8Array => {
    const length = 12 + padded(body).length
    return concat(words(type, length), padded(body), words(length))
  }
  const option = (code: number, value: Uint8Array): Uint8Array => concat(halves(code, value.length), padded(value))
  const end = halves(0, 0)
  return {
    words,
    block,
    section(decorated: boolean): Uint8Array {
      const comment = decorated ? concat(option(1, bytesOf('made by hand')), end) : new Uint8Array(0)
      return block(0x0a0d0d0a, concat(words(0x1a2b3c4d), halves(1, 0), words(0xffffffff, 0xffffffff), comment))
    },
    describe({ link = 1, snaplen = 262_144, digits, name }: Interface): Uint8Array {
      const options = [
        ...(name === undefined ? [] : [option(2, bytesOf(name))]),
        ...(digits === undefined ? [] : [option(9, Uint8Array.of(digits))]),
      ]
      return block(1, concat(halves(link, 0), words(snaplen), ...options, ...(options.length > 0 ? [end] : [])))
    },
    enhanced({ time, bytes, length }: Frame, index: number, { snaplen = 262_144, digits = 6 }: Interface): Uint8Array {
      const { seconds, fraction } = split(time, 10 ** digits)
      const stamp = BigInt(seconds) * 10n ** BigInt(digits) + BigInt(fraction)
      const captured = bytes.subarray(0, snaplen)
      const head = words(
        index,
        Number(stamp >> 32n),
        Number(stamp & 0xffffffffn),
        captured.length,
        length ?? bytes.length,
      )
      return block(6, concat(head, captured))
    },
    simple: ({ bytes, length }: Frame, { snaplen = 262_144 }: Interface): Uint8Array =>
      block(3, concat(words(length ?? bytes.length), bytes.subarray(0, snaplen))),
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, zeros((4 - (bytes.length % 4)) % 4))
}
