import type { Random } from '../../../math/random.ts'
import type { AttackType } from '../../../types/attack.ts'
import type { EndReason } from '../../../types/flow.ts'
import type { Conversation } from '../conversation.ts'
import type { Network } from '../network.ts'

/** What a campaign is made with. */
export interface Scene {
  readonly random: Random
  readonly network: Network
  readonly talk: Conversation
  /** Epoch seconds. */
  readonly start: number
  /** About `few` things in a demonstration, about `many` in a test. */
  amount(few: number, many: number): number
  /** Takes the conversation just written, labelled, as one flow. */
  push(reason?: EndReason): void
}

/** Addresses as a person reads them; empty where there is no one such host, as for spoofed sources. */
export interface Actors {
  attacker: string
  victim: string
}

/** One family of attack; every flow it makes is labelled with the family's name. */
export interface Campaign {
  readonly family: string
  /** Attack type as a person reads it. */
  readonly type: AttackType
  /** ATT&CK technique ids. */
  readonly attack: readonly string[]
  /** Ways to do it. */
  readonly variants: readonly string[]
  /** Flows of a small run: `few` up to ten or so, `burst` some dozens, `flood` hundreds. */
  readonly size: 'few' | 'burst' | 'flood'
  /** Pushes the flows of one run, each with the time a meter would have given it, in any order. */
  generate(scene: Scene, variant: string): Actors
}
