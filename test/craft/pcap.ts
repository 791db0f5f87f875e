import { concat } from './bytes.ts'
import { type Frame, split } from './frame.ts'

export type Endian = 'little' | 'big'

export interface PcapOptions {
  endian?: Endian
  /** Nanosecond timestamps. */
  nano?: boolean
  snaplen?: number
  /** LINKTYPE_ number; 1 is Ethernet. */
  link?: number
}

/** A classic pcap file. */
export function pcap(frames: readonly Frame[], options: PcapOptions = {}): Uint8Array {
  const { endian = 'little', nano = false, snaplen = 262_144, link = 1 } = options
  const words = wordWriter(endian)
  const magic = nano ? 0xa1b23c4d : 0xa1b2c3d4
  const version = endian === 'little' ? 0x00040002 : 0x00020004
  const records = frames.flatMap(({ time, bytes, length }) => {
    const { seconds, fraction } = split(time, nano ? 1e9 : 1e6)
    const captured = bytes.subarray(0, snaplen)
    return [words(seconds, fraction, captured.length, length ?? bytes.length), captured]
  })
  return concat(words(magic, version, 0, 0, snaplen, link), ...records)
}

/** Writes 32-bit words in the byte order given. */
export function wordWriter(endian: Endian): (...values: number[]) => Uint8Array {
  return (...values) => {
    const view = new DataView(new ArrayBuffer(values.length * 4))
    values.forEach((value, i) => {
      view.setUint32(i * 4, value >>> 0, endian === 'little')
    })
    return new Uint8Array(view.buffer)
  }
}
