const DOUBLE = 8
const WORD = 4
const HALF = 2

/**
 * Records of one size in one buffer, so that all that is known of one thing lies together in memory. Each part of a record
 * is reserved once, before `make`; part `at` of row r is `words[r * wordStride + at]`, and so on. New and
 * cleared records are all 0.
 */
export class Records {
  doubles = new Float64Array(0)
  words = new Int32Array(0)
  halves = new Uint16Array(0)
  octets = new Uint8Array(0)
  doubleStride = 0
  wordStride = 0
  halfStride = 0
  octetStride = 0
  private size = 0

  /** Reserves so many doubles in every record and returns where they start. */
  reserveDoubles(count: number): number {
    return this.reserve(count, DOUBLE)
  }

  reserveWords(count: number): number {
    return this.reserve(count, WORD)
  }

  /** Of 16 bits, without sign. */
  reserveHalves(count: number): number {
    return this.reserve(count, HALF)
  }

  reserveOctets(count: number): number {
    return this.reserve(count, 1)
  }

  /** Makes room for `capacity` records: what of it is never used never becomes resident. */
  make(capacity: number): void {
    this.octetStride = Math.ceil(this.size / DOUBLE) * DOUBLE
    this.wordStride = this.octetStride / WORD
    this.halfStride = this.octetStride / HALF
    this.doubleStride = this.octetStride / DOUBLE
    const octets = new Uint8Array(capacity * this.octetStride)
    this.octets = octets
    this.words = new Int32Array(octets.buffer)
    this.halves = new Uint16Array(octets.buffer)
    this.doubles = new Float64Array(octets.buffer)
  }

  clear(row: number): void {
    this.doubles.fill(0, row * this.doubleStride, (row + 1) * this.doubleStride)
  }

  private reserve(count: number, unit: number): number {
    if (this.octetStride > 0) throw new Error('records: reserved after they were made')
    const at = Math.ceil(this.size / unit)
    this.size = (at + count) * unit
    return at
  }
}
