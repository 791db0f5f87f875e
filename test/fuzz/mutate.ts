/** A source of whole numbers below 2^32. */
export type Dice = () => number

/** xorshift32 (Marsaglia 2003): millions of numbers are wanted, fast. */
export function createDice(seed: number): Dice {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Numbers at which programs go wrong, as one, two and four bytes. */
const EDGES = [0, 1, 0x7f, 0x80, 0xc0, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]
const CHANGES_MAX = 6

/** Writes a changed copy of one of `samples` into `buffer`; returns its length. */
export function mutate(samples: readonly Uint8Array[], buffer: Uint8Array, dice: Dice): number {
  const sample = samples[dice() % samples.length]!
  let length = Math.min(sample.length, buffer.length)
  buffer.set(sample.subarray(0, length))
  if (length === 0) return 0
  for (let changes = 1 + (dice() % CHANGES_MAX); changes > 0; changes--) length = change(samples, buffer, length, dice)
  return length
}

function change(samples: readonly Uint8Array[], buffer: Uint8Array, length: number, dice: Dice): number {
  const at = dice() % length
  switch (dice() % 9) {
    case 0:
      buffer[at]! ^= 1 << (dice() & 7)
      return length
    case 1:
      buffer[at] = dice()
      return length
    case 2:
      buffer[at]! += (dice() % 33) - 16
      return length
    case 3:
      return writeEdge(buffer, at, length, dice)
    case 4:
      return 1 + (dice() % length)
    case 5:
      return splice(samples[dice() % samples.length]!, buffer, at, dice)
    case 6:
      return repeat(buffer, at, length, dice)
    case 7:
      return remove(buffer, at, length, dice)
    default:
      buffer.copyWithin(dice() % length, at, Math.min(length, at + (dice() % 32)))
      return length
  }
}

function writeEdge(buffer: Uint8Array, at: number, length: number, dice: Dice): number {
  const edge = EDGES[dice() % EDGES.length]!
  const size = 1 << (dice() % 3)
  for (let i = 0; i < size && at + i < length; i++) buffer[at + i] = edge >>> (8 * (size - 1 - i))
  return length
}

/** What is from `at` on gives way to a piece of another sample. */
function splice(other: Uint8Array, buffer: Uint8Array, at: number, dice: Dice): number {
  const from = dice() % (other.length + 1)
  const piece = other.subarray(from, from + buffer.length - at)
  buffer.set(piece, at)
  return Math.max(1, at + piece.length)
}

/** A piece is there twice, or many times. */
function repeat(buffer: Uint8Array, at: number, length: number, dice: Dice): number {
  const size = 1 + (dice() % Math.min(64, length - at))
  let end = length
  for (let times = 1 + (dice() % 8); times > 0 && end + size <= buffer.length; times--, end += size) {
    buffer.copyWithin(at + size, at, end)
  }
  return end
}

function remove(buffer: Uint8Array, at: number, length: number, dice: Dice): number {
  const size = Math.min(length - at, 1 + (dice() % 16))
  buffer.copyWithin(at, at + size, length)
  return Math.max(1, length - size)
}
