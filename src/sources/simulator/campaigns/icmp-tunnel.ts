import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import type { End } from '../conversation.ts'
import { exponential, uniform } from '../distributions.ts'
import { actors, outsider } from './actors.ts'
import type { Actors, Campaign, Scene } from './campaign.ts'

/** Echo requests and replies that carry something else, in sizes no ping has. */
export const icmpTunnel: Campaign = {
  family: 'icmp-tunnel',
  type: 'ICMP Tunnel',
  attack: ['T1095', 'T1572'],
  variants: ['echo', 'sessions'],
  size: 'few',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const client = pick(random, [network.windows, network.laptop])
    const relay = outsider(random, network)
    if (variant === 'sessions') return sessions(scene, client, relay)
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

/** A tunnel that gives each connection within it an identifier of its own, as ptunnel does: what the relay has to say comes unasked. */
function sessions(scene: Scene, client: End, relay: End): Actors {
  const { random, talk } = scene
  let time = scene.start
  for (let left = scene.amount(10, 24); left > 0; left--) {
    talk.open({ protocol: PROTOCOL.icmp, source: client, destination: relay, srcPort: 8, dstPort: 0 }, time)
    for (const length of [28, 106, 28, 28]) {
      talk.forward(talk.elapsed === 0 ? 0 : uniform(random, 0.001, 0.01), length)
      talk.reverse(uniform(random, 0.02, 0.04), length)
    }
    for (let i = integer(random, 2, 6); i > 0; i--) talk.reverse(0.001, integer(random, 600, 1_050))
    scene.push('idle')
    time += talk.elapsed + exponential(random, 0.5)
  }
  return actors(client, relay)
}
