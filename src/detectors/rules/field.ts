import type { Quantity } from '../../types/host.ts'
import type { Observation } from '../../types/observation.ts'

interface Named {
  /** As a rule writes it. */
  readonly name: string
  /** In words, singular: `destination port`. */
  readonly label: string
}

/** A number, or a closed vocabulary held as one (protocol, MAC address). Absent is NaN. */
export interface NumberField extends Named {
  readonly kind: 'number'
  readonly unit: string
  get(observation: Observation): number
  /** What a host's own baseline is kept of, where this is it. */
  readonly own?: Quantity
  /** True when it is one of the names read from payload, so absent where none were. */
  readonly named?: true
  /** Reads a value as a rule writes it; null when it is none. Default: a plain number. */
  parse?(value: unknown): number | null
  /** Back to what a person reads. */
  format?(value: number): string
  /** What `parse` takes, in words. */
  readonly allowed?: string
  /** The closed vocabulary of `parse`, for suggestions. */
  readonly values?: readonly string[]
}

/** A string; absent is empty. Strings from the wire are compared without regard to case, as in Sigma. */
export interface StringField extends Named {
  readonly kind: 'string'
  get(observation: Observation): string
  /** The closed vocabulary, where there is one. */
  readonly values?: readonly string[]
  readonly wire: boolean
}

/** An address: four words of `FlowRecord.address` from `offset`. */
export interface AddressField extends Named {
  readonly kind: 'address'
  readonly offset: 0 | 4
}

/** Something a rule can ask of a flow. */
export type Field = NumberField | StringField | AddressField

/** Fields by name. */
export type Fields = ReadonlyMap<string, Field>
