/** Capture files built by hand, for tests. */

export interface CapturedPacket {
  bytes: Uint8Array
  /** Epoch seconds. */
  time?: number
  /** On the wire; as captured by default. */
  length?: number
  /** Index of the interface, pcapng only. */
  source?: number
}

export interface ClassicFields {
  littleEndian?: boolean
  magic?: number
  link?: number
  snapLength?: number
  minor?: number
}

/** A classic pcap file. `magic` a1b23c4d means nanoseconds, a1b2cd34 the modified format with longer record headers. */
export function classicCapture(packets: readonly CapturedPacket[], fields: ClassicFields = {}): Buffer {
  const { littleEndian = true, magic = 0xa1b2c3d4, link = 1, snapLength = 262_144, minor = 4 } = fields
  const out = new Writer(littleEndian)
  out.u32(magic).u16(2).u16(minor).u32(0).u32(0).u32(snapLength).u32(link)
  const units = magic === 0xa1b23c4d ? 1e9 : 1e6
  for (const { bytes, time = 0, length = bytes.length } of packets) {
    out.u32(Math.floor(time)).u32(Math.round((time % 1) * units))
    out.u32(bytes.length).u32(length)
    if (magic === 0xa1b2cd34) out.u32(1).u32(0)
    out.raw(bytes)
  }
  return out.done()
}

export interface PcapngFields {
  littleEndian?: boolean
  interfaces?: readonly { link?: number; snapLength?: number; resolution?: number; offset?: bigint }[]
  /** Packet block to use. */
  block?: 'enhanced' | 'simple' | 'obsolete'
}

/** One section of a pcapng file; sections may be concatenated. */
export function pcapngSection(packets: readonly CapturedPacket[], fields: PcapngFields = {}): Buffer {
  const { littleEndian = true, interfaces = [{}], block = 'enhanced' } = fields
  const out = new Writer(littleEndian)
  out.block(0x0a0d0d0a, (body) => body.u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff))
  for (const { link = 1, snapLength = 0, resolution, offset } of interfaces) {
    out.block(1, (body) => {
      body.u16(link).u16(0).u32(snapLength)
      if (resolution !== undefined)
        body
          .u16(9)
          .u16(1)
          .raw(Uint8Array.of(resolution, 0, 0, 0))
      if (offset !== undefined) body.u16(14).u16(8).u64(offset)
      if (resolution !== undefined || offset !== undefined) body.u16(0).u16(0)
    })
  }
  for (const packet of packets) writePacket(out, packet, block, interfaces[packet.source ?? 0]?.resolution ?? 6)
  return out.done()
}

function writePacket(out: Writer, packet: CapturedPacket, block: PcapngFields['block'], resolution: number): void {
  const { bytes, time = 0, length = bytes.length, source = 0 } = packet
  const units = resolution < 128 ? 10 ** resolution : 2 ** (resolution & 127)
  const ticks = BigInt(Math.floor(time)) * BigInt(units) + BigInt(Math.round((time % 1) * units))
  const [high, low] = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)]
  if (block === 'simple') {
    out.block(3, (body) => body.u32(length).raw(bytes).pad())
  } else if (block === 'obsolete') {
    out.block(2, (body) => body.u16(source).u16(0).u32(high).u32(low).u32(bytes.length).u32(length).raw(bytes).pad())
  } else {
    out.block(6, (body) => body.u32(source).u32(high).u32(low).u32(bytes.length).u32(length).raw(bytes).pad())
  }
}

/** A pcapng block of any type and body, in little-endian order. */
export function pcapngBlock(type: number, body: Uint8Array): Buffer {
  return new Writer(true).block(type, (inner) => inner.raw(body).pad()).done()
}

class Writer {
  readonly #littleEndian: boolean
  readonly #bytes: number[] = []

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
  }

  u16(value: number): this {
    return this.#number([value & 255, (value >>> 8) & 255])
  }

  u32(value: number): this {
    return this.#number([0, 8, 16, 24].map((shift) => (value >>> shift) & 255))
  }

  u64(value: bigint): this {
    return this.#number([0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].map((shift) => Number((value >> shift) & 255n)))
  }

  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  pad(): this {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0)
    return this
  }

  block(type: number, fill: (body: Writer) => unknown): this {
    const body = new Writer(this.#littleEndian)
    fill(body)
    const length = body.#bytes.length + 12
    return this.u32(type).u32(length).raw(Uint8Array.from(body.#bytes)).u32(length)
  }

  done(): Buffer {
    return Buffer.from(this.#bytes)
  }

  #number(littleEndian: number[]): this {
    this.#bytes.push(...(this.#littleEndian ? littleEndian : littleEndian.reverse()))
    return this
  }
}
