import { inflateRawSync } from 'node:zlib'

/** An array of numbers, in row-major order whatever order the file has. */
export interface NumPyArray {
  shape: number[]
  values: Float64Array
}

/** Reads the arrays of a NumPy .npz file (a zip of .npy). Integers must fit a double. Throws on what NumPy does not write. */
export function readNpz(bytes: Buffer): Record<string, NumPyArray> {
  const arrays: Record<string, NumPyArray> = {}
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('latin1', at + 46, at + 46 + nameLength)
    arrays[name.replace(/\.npy$/, '')] = readNpy(member(bytes, at))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return arrays
}

/** The content of the member whose central directory entry is at `entry`. */
function member(bytes: Buffer, entry: number): Buffer {
  const local = bytes.readUInt32LE(entry + 42)
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const content = bytes.subarray(start, start + bytes.readUInt32LE(entry + 20))
  return bytes.readUInt16LE(entry + 10) === 0 ? content : inflateRawSync(content)
}

function readNpy(bytes: Buffer): NumPyArray {
  const long = bytes[6]! > 1
  const start = (long ? 12 : 10) + (long ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8))
  const header = bytes.toString('latin1', 10, start)
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? ''
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const values = decode(type, Uint8Array.from(bytes.subarray(start)).buffer)
  return { shape, values: /'fortran_order': True/.test(header) ? rowMajor(values, shape) : values }
}

function decode(type: string, buffer: ArrayBuffer): Float64Array {
  if (type === '<f8') return new Float64Array(buffer)
  if (type === '<f4') return Float64Array.from(new Float32Array(buffer))
  if (type === '<i2') return Float64Array.from(new Int16Array(buffer))
  if (type === '<i4') return Float64Array.from(new Int32Array(buffer))
  if (type === '<i8') return Float64Array.from(new BigInt64Array(buffer), Number)
  throw new Error(`a NumPy type not read here: ${type}`)
}

function rowMajor(values: Float64Array, [rows = 0, columns = 1]: number[]): Float64Array {
  const out = new Float64Array(values.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j] = values[j * rows + i]!
  return out
}
