import { objectOf, type Row } from '../flow-log/json.ts'

/** Characters of an object that is spread over lines; a longer one is passed over. */
const OBJECT_MAX = 1024 * 1024

/** A line without what a list has before its first object, after its last and between them. */
function withoutList(line: string): string {
  const text = line.trim()
  const from = text[0] === '[' && text.slice(1).trimStart()[0] === '{' ? text.indexOf('{') : 0
  // By hand: an expression would look anew from each of a megabyte of brackets.
  let to = text.length
  while (to > from && ' \t,]'.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}

/** Puts objects together that were printed over several lines: what a line starts, a line of the same indent ends. */
export class ObjectLines {
  #held: string[] = []
  #length = 0

  /** The object that ends on `line`; null when what ends is none, undefined while it goes on or there is nothing. */
  push(line: string): Row | null | undefined {
    if (this.#held.length > 0) return this.#goOn(line)
    const text = withoutList(line)
    if (text === '' || text === '[') return undefined
    if (text !== '{') return objectOf(text)
    this.#held.push(line)
    return undefined
  }

  #goOn(line: string): Row | null | undefined {
    this.#length += line.length
    const indent = this.#held[0]!.indexOf('{')
    const ends = line.indexOf('}') === indent && line.slice(0, indent).trim() === ''
    // Of one that is too long only its beginning is kept, to find its end.
    if (this.#length <= OBJECT_MAX) this.#held.push(ends ? withoutList(line) : line)
    if (!ends) return undefined
    const object = this.#length > OBJECT_MAX ? null : objectOf(this.#held.join('\n'))
    this.#held = []
    this.#length = 0
    return object
  }
}
