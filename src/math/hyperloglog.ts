const BITS = 10
const REGISTERS = 1 << BITS
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)

/**
 * A fixed number of sketches that estimate how many different hashes each was shown (HyperLogLog; Flajolet, Fusy, Gandouet,
 * Meunier 2007), with a standard error of 3.3 % in 1 KiB each.
 */
export class Sketches {
  private readonly registers: Uint8Array
  private readonly sums: Float64Array
  private readonly zeros: Int32Array
  private readonly free: number[]

  constructor(count: number) {
    this.registers = new Uint8Array(count * REGISTERS)
    this.sums = new Float64Array(count)
    this.zeros = new Int32Array(count)
    this.free = Array.from({ length: count }, (_, index) => count - 1 - index)
  }

  get bytes(): number {
    return this.registers.byteLength + this.sums.byteLength + this.zeros.byteLength
  }

  /** An empty sketch, or -1 when all are taken. */
  take(): number {
    const sketch = this.free.pop() ?? -1
    if (sketch >= 0) this.clear(sketch)
    return sketch
  }

  release(sketch: number): void {
    this.free.push(sketch)
  }

  clear(sketch: number): void {
    this.registers.fill(0, sketch * REGISTERS, (sketch + 1) * REGISTERS)
    this.sums[sketch] = REGISTERS
    this.zeros[sketch] = REGISTERS
  }

  /** Shows a well-mixed 32-bit hash. */
  add(sketch: number, hash: number): void {
    const index = sketch * REGISTERS + (hash >>> (32 - BITS))
    const rank = Math.min(Math.clz32(hash << BITS), 32 - BITS) + 1
    const before = this.registers[index]!
    if (rank <= before) return
    this.registers[index] = rank
    this.sums[sketch] = this.sums[sketch]! - 2 ** -before + 2 ** -rank
    if (before === 0) this.zeros[sketch] = this.zeros[sketch]! - 1
  }

  estimate(sketch: number): number {
    const raw = (ALPHA * REGISTERS * REGISTERS) / this.sums[sketch]!
    const zeros = this.zeros[sketch]!
    return raw <= 2.5 * REGISTERS && zeros > 0 ? REGISTERS * Math.log(REGISTERS / zeros) : raw
  }
}
