import type { Observation } from '../../types/observation.ts'
import type { Field } from './field.ts'

/** Words a text may take in a key: two characters each, so 1 KiB of text. */
const TEXT_WORDS = 512

const number = new Float64Array(1)
const halves = new Int32Array(number.buffer)

/** Words that hold any key of `fields` fields, and the owner before them. */
export function createKey(fields: number): Int32Array {
  return new Int32Array(1 + fields * (TEXT_WORDS + 1))
}

/** Writes the value of a field at `at` as words and returns where the next goes. */
export function writeField(field: Field, observation: Observation, words: Int32Array, at: number): number {
  if (field.kind === 'address') {
    for (let i = 0; i < 4; i++) words[at + i] = observation.flow.address[field.offset + i]!
    return at + 4
  }
  if (field.kind === 'string') return writeText(field.get(observation), words, at)
  number[0] = field.get(observation)
  words[at] = halves[0]!
  words[at + 1] = halves[1]!
  return at + 2
}

/** True when the flow has a value for the field. */
export function hasValue(field: Field, observation: Observation): boolean {
  if (field.kind === 'address') return true
  return field.kind === 'string' ? field.get(observation) !== '' : !Number.isNaN(field.get(observation))
}

function writeText(text: string, words: Int32Array, at: number): number {
  const length = Math.min(text.length, TEXT_WORDS * 2)
  words[at] = length
  let next = at + 1
  for (let i = 0; i < length; i += 2) {
    const second = i + 1 < length ? text.charCodeAt(i + 1) : 0
    words[next++] = (text.charCodeAt(i) << 16) | second
  }
  return next
}

/** What is read of a flow as words and hashed once, however many correlations ask for it. */
export interface HashedKey {
  readonly fields: readonly Field[]
  /** Of the flow for which `flow` is the number. */
  a: number
  b: number
  flow: number
}
