import { objectOf, type Row } from '../flow-log/json.ts'

/** Characters of an object that is spread over lines; a longer one is passed over. */
const OBJECT_MAX = 1024 * 1024

/** Puts objects together that were printed over several lines: what a line starts, a line of the same indent ends. */
export class ObjectLines {
  #held: string[] = []
  #length = 0

  /** The object that ends on `line`; null when what ends is none, undefined while it goes on or there is nothing. */
  push(line: string): Row | null | undefined {
    if (this.#held.length > 0) return this.#goOn(line)
    const text = line.trim().replace(/,$/, '')
    if (text === '' || text === '[' || text === ']') return undefined
    if (text !== '{') return objectOf(text)
    this.#held.push(line)
    return undefined
  }

  #goOn(line: string): Row | null | undefined {
    this.#length += line.length
    const indent = this.#held[0]!.indexOf('{')
    const ends = line.indexOf('}') === indent && line.slice(0, indent).trim() === ''
    // Of one that is too long only its beginning is kept, to find its end.
    if (this.#length <= OBJECT_MAX) this.#held.push(ends ? line.trimEnd().replace(/,$/, '') : line)
    if (!ends) return undefined
    const object = this.#length > OBJECT_MAX ? null : objectOf(this.#held.join('\n'))
    this.#held = []
    this.#length = 0
    return object
  }
}
