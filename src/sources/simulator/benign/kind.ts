import type { Random } from '../../../math/random.ts'
import type { Conversation } from '../conversation.ts'
import type { Network } from '../network.ts'

/** What a kind of benign flow is made with. */
export interface Stage {
  readonly random: Random
  readonly network: Network
  readonly talk: Conversation
}

/** One habit of the household; `write` puts one flow of it, at most 58 s long, into `talk`. */
export interface Kind {
  readonly name: string
  /** How common it is by day and by night, relative to the others. */
  readonly day: number
  readonly night: number
  write(stage: Stage): void
}

/** A port a client would take (RFC 6335, 6). */
export function ephemeral(random: Random): number {
  return 49152 + Math.floor(random() * 16384)
}
