import { PROTOCOL } from '../../net/flow-record.ts'
import type { End, Opening } from './conversation.ts'

const REQUEST = 1
const REPLY = 2

/** An ARP request (RFC 826): who asks does not know the other's MAC yet. The operation stands in for a port. */
export function whoHas(asking: End, asked: Pick<End, 'address'>): Opening {
  const destination = { address: asked.address, mac: 0, ttl: 0 }
  return { protocol: PROTOCOL.arp, source: asking, destination, srcPort: REQUEST, dstPort: 0 }
}

/** An ARP reply that nobody need have asked for: `sender` has its MAC. */
export function isAt(sender: End, target: End): Opening {
  return { protocol: PROTOCOL.arp, source: sender, destination: target, srcPort: REPLY, dstPort: 0 }
}
