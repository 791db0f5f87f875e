import { integer, pick, type Random } from '../../../math/random.ts'
import { formatIPv4 } from '../../../net/address.ts'
import type { End } from '../conversation.ts'
import { ipv4, type Network, type Site } from '../network.ts'
import type { Actors } from './campaign.ts'

const BLOCKS = ['203.0.113.0', '198.51.100.0', '192.0.2.0'].map(ipv4)

/** Somebody outside nobody here has met: one of the documentation addresses (RFC 5737). */
export function outsider(random: Random, network: Network): Site {
  return network.outside(pick(random, BLOCKS) | integer(random, 1, 254), '', integer(random, 8, 20))
}

/** A forged unicast source address, with the TTL of anywhere. */
export function spoofed(random: Random, network: Network): Site {
  const address = (integer(random, 11, 223) << 24) | Math.floor(random() * 0x1000000)
  return network.outside(address >>> 24 === 127 ? address ^ 0x1000000 : address, '', integer(random, 5, 28))
}

/** Who did it to whom, for the truth. */
export function actors(attacker: End | null, victim: End | null): Actors {
  return {
    attacker: attacker === null ? '' : formatIPv4(attacker.address),
    victim: victim === null ? '' : formatIPv4(victim.address),
  }
}

/** A port of the kind tools choose for themselves. */
export function toolPort(random: Random): number {
  return integer(random, 32_768, 61_000)
}
