import { pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, CWR, ECE, SYN } from '../conversation.ts'
import { exponential } from '../distributions.ts'
import { actors, spoofed, toolPort } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** Connections begun in the name of hosts that do not know of it: the backlog fills, and the answers stop. */
export const synFlood: Campaign = {
  family: 'syn-flood',
  type: 'DDoS',
  attack: ['T1499.001', 'T1498.001'],
  variants: ['plain', 'ecn'],
  size: 'burst',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const victim = pick(random, [network.nas, network.router])
    const dstPort = pick(random, [80, 443])
    const count = scene.amount(36, 600)
    const flags = variant === 'ecn' ? SYN | ECE | CWR : SYN
    let time = scene.start
    for (let i = 0; i < count; i++) {
      const ends = { source: spoofed(random, network), destination: victim, srcPort: toolPort(random), dstPort }
      talk.open({ protocol: PROTOCOL.tcp, ...ends, synHeader: 40, header: 40 }, time)
      talk.forward(0, 0, flags)
      const answers = i < count / 4 ? 4 : 0
      for (let n = 0; n < answers; n++) talk.reverse(n === 0 ? 0.0003 : 2 ** (n - 1), 0, SYN | ACK)
      scene.push()
      time += exponential(random, scene.amount(50, 12) / 1000)
    }
    return actors(null, victim)
  },
}
