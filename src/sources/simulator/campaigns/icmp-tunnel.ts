import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { exponential, uniform } from '../distributions.ts'
import { actors, outsider } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** Echo requests and replies that carry something else, in sizes no ping has. */
export const icmpTunnel: Campaign = {
  family: 'icmp-tunnel',
  type: 'ICMP Tunnel',
  attack: ['T1095', 'T1572'],
  variants: ['echo'],
  size: 'few',
  generate(scene) {
    const { random, network, talk } = scene
    const client = pick(random, [network.windows, network.laptop])
    const relay = outsider(random, network)
    const slices = scene.amount(2, 4)
    for (let slice = 0; slice < slices; slice++) {
      const ends = { source: client, destination: relay, srcPort: 8, dstPort: 0 }
      talk.open({ protocol: PROTOCOL.icmp, ...ends, slice, age: slice * 60 }, scene.start + slice * 60)
      while (talk.elapsed < 57) {
        talk.forward(talk.elapsed === 0 ? 0 : exponential(random, 0.11), integer(random, 80, 1_050))
        talk.reverse(uniform(random, 0.02, 0.04), integer(random, 80, 1_050))
      }
      scene.push(slice < slices - 1 ? 'active' : 'idle')
    }
    return actors(client, relay)
  },
}
