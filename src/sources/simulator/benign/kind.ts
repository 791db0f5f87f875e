import type { Random } from '../../../math/random.ts'
import type { Conversation, End } from '../conversation.ts'
import { global6, site6 } from '../ipv6.ts'
import type { Device, Network, Site } from '../network.ts'

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

/** Both ends over IPv4, or both over IPv6 where the site has it (half of them do) and chance will. */
export function dualStack({ random, network }: Stage, source: Device, site: Site): { source: End; destination: End } {
  const six = (site.address & 16) === 0 && random() < 0.6
  return six ? { source: global6(source, network.home), destination: site6(site) } : { source, destination: site }
}
