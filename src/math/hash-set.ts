/** Members a set tells apart; what comes after them is not counted. */
export const HASHES_MAX = 256
/** Up to here a list is searched; then a table. */
const LIST_MAX = 12

/** A small exact set of 32-bit hashes other than 0. Holds at most `HASHES_MAX`. */
export class HashSet {
  readonly values: number[] = []
  /** By open addressing, half empty. */
  #table: Int32Array | null = null

  get size(): number {
    return this.values.length
  }

  add(hash: number): void {
    const { values } = this
    if (values.length === HASHES_MAX) return
    if (this.#table === null) {
      if (values.includes(hash)) return
      if (values.length < LIST_MAX) values.push(hash)
      else this.#startTable(hash)
    } else if (insert(this.#table, hash)) values.push(hash)
  }

  #startTable(hash: number): void {
    this.#table = new Int32Array(HASHES_MAX * 2)
    for (const value of this.values) insert(this.#table, value)
    insert(this.#table, hash)
    this.values.push(hash)
  }
}

function insert(table: Int32Array, hash: number): boolean {
  const mask = table.length - 1
  let at = hash & mask
  while (table[at] !== 0) {
    if (table[at] === hash) return false
    at = (at + 1) & mask
  }
  table[at] = hash
  return true
}
