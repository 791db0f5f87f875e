import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, PSH } from '../conversation.ts'
import { uniform } from '../distributions.ts'
import { connect, outsidePath } from '../tcp.ts'
import { actors, outsider, toolPort } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** Port, and minutes in a test: the longer, the less the port gives away. */
const HELD: Readonly<Record<string, { port: number; minutes: number }>> = {
  shell: { port: 4444, minutes: 90 },
  web: { port: 443, minutes: 270 },
}

/** A remote shell that is held open: hardly any data, slice after slice. */
export const longConnection: Campaign = {
  family: 'long-connection',
  type: 'Long Connection',
  attack: ['T1571', 'T1219'],
  variants: Object.keys(HELD),
  size: 'few',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const client = pick(random, [network.windows, network.laptop, network.nas])
    const master = outsider(random, network)
    const { port, minutes } = HELD[variant]!
    const ends = { source: client, destination: master, srcPort: toolPort(random), dstPort: port }
    const path = outsidePath(random)
    const slices = scene.amount(5, minutes)
    for (let slice = 0; slice < slices; slice++) {
      talk.open({ protocol: PROTOCOL.tcp, ...ends, slice, age: slice * 60 }, scene.start + slice * 60)
      if (slice === 0) connect(talk, path)
      for (let beat = 0; beat < 3; beat++) {
        talk.forward(slice > 0 && beat === 0 ? 0 : uniform(random, 15, 18), integer(random, 20, 70), PSH | ACK)
        talk.reverse(path.rtt, integer(random, 20, 120), PSH | ACK)
        talk.forward(0.0004, 0, ACK)
      }
      scene.push('active')
    }
    return actors(client, master)
  },
}
