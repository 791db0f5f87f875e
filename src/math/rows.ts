/** Per-entity state kept in columns: row n belongs to the entity in slot n of a table, which grows and clears it. */
export interface Rows {
  /** Room for `capacity` rows, keeping what is there; new rows are empty. */
  resize(capacity: number): void
  /** The entity is gone: its row is empty again. */
  clear(row: number): void
  readonly bytes: number
}

type Column = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array | Float32Array

/** A copy of `column` with room for `length` numbers, the new ones 0. */
export function widened<T extends Column>(column: T, length: number): T {
  const wider = new (column.constructor as new (length: number) => T)(length)
  wider.set(column)
  return wider
}
