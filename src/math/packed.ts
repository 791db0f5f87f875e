import { InputError } from '../types/errors.ts'

const TYPES = { Uint8Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array } as const
type TypeName = keyof typeof TYPES
export type PackedArray = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array

/** Arrays by name, with a note about them. */
export interface Packed {
  note: unknown
  arrays: Record<string, PackedArray>
}

interface Header {
  kind: string
  version: number
  note: unknown
  arrays: { name: string; type: TypeName; length: number }[]
}

const ALIGNMENT = 8
const LENGTH_BYTES = 8

/** One block of bytes: 8 bytes of header length, the header as JSON, then each array, little-endian and aligned to 8 bytes. */
export function pack(kind: string, version: number, { note, arrays }: Packed): Uint8Array {
  const listed = Object.entries(arrays)
  const header: Header = {
    kind,
    version,
    note,
    arrays: listed.map(([name, array]) => ({ name, type: array.constructor.name as TypeName, length: array.length })),
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const start = aligned(LENGTH_BYTES + text.length)
  const bytes = new Uint8Array(listed.reduce((sum, [, array]) => sum + aligned(array.byteLength), start))
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, LENGTH_BYTES)
  let at = start
  for (const [, array] of listed) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at += aligned(array.byteLength)
  }
  return bytes
}

/** What `unpack` read: arrays are handed out only with the type and length they must have. */
export class Unpacked {
  readonly note: unknown
  private readonly kind: string
  private readonly arrays: ReadonlyMap<string, PackedArray>

  constructor(kind: string, note: unknown, arrays: ReadonlyMap<string, PackedArray>) {
    this.kind = kind
    this.note = note
    this.arrays = arrays
  }

  /** The array of that name; throws an `InputError` when it is none of `type`, or not of `length` where one is given. */
  take<T extends PackedArray>(name: string, type: new (length: number) => T, length?: number): T {
    const array = this.arrays.get(name)
    if (array instanceof type && (length === undefined || array.length === length)) return array
    const wanted = length === undefined ? 'numbers' : `${length} numbers`
    throw new InputError(`saved ${this.kind}: '${name}' must be ${wanted} of ${type.name}`)
  }
}

/** What `pack` packed, copied out. Throws an `InputError` when `bytes` is not of this kind and version, or is cut short. */
export function unpack(kind: string, version: number, bytes: Uint8Array): Unpacked {
  const header = readHeader(kind, version, bytes)
  const arrays = new Map<string, PackedArray>()
  let at = aligned(LENGTH_BYTES + headerLength(bytes))
  for (const { name, type, length } of header.arrays) {
    const size = length * (TYPES[type]?.BYTES_PER_ELEMENT ?? Number.NaN)
    if (!(size >= 0 && at + size <= bytes.length))
      throw new InputError(`saved ${kind}: '${name}' is cut short or unknown`)
    // A Buffer's own slice would share memory with its neighbours.
    arrays.set(name, new TYPES[type](Uint8Array.prototype.slice.call(bytes, at, at + size).buffer))
    at += aligned(size)
  }
  return new Unpacked(kind, header.note, arrays)
}

function readHeader(kind: string, version: number, bytes: Uint8Array): Header {
  const length = headerLength(bytes)
  const header = length > 0 && length <= bytes.length - LENGTH_BYTES ? parseHeader(bytes, length) : null
  if (header?.kind !== kind) throw new InputError(`not a saved state of ${kind}`)
  if (header.version !== version) {
    throw new InputError(`saved state of ${kind} has version ${header.version}; this program reads version ${version}`)
  }
  return header
}

function parseHeader(bytes: Uint8Array, length: number): Header | null {
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length))) as Header
    return Array.isArray(header?.arrays) ? header : null
  } catch {
    return null
  }
}

function headerLength(bytes: Uint8Array): number {
  return bytes.length < LENGTH_BYTES ? 0 : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT
}
