import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { uniform } from '../distributions.ts'
import { actors, outsider } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** More echo requests than anybody needs, from one host or a few. */
export const icmpFlood: Campaign = {
  family: 'icmp-flood',
  type: 'DDoS',
  attack: ['T1498.001'],
  variants: ['single', 'distributed'],
  size: 'few',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const victim = pick(random, [network.router, network.nas, network.console])
    const sources =
      variant === 'single'
        ? [outsider(random, network)]
        : Array.from({ length: scene.amount(3, 20) }, () => outsider(random, network))
    const payload = integer(random, 56, 1400)
    for (const source of sources) {
      talk.open(
        { protocol: PROTOCOL.icmp, source, destination: victim, srcPort: 8, dstPort: 0 },
        scene.start + random(),
      )
      const packets = scene.amount(2_400, 5_000)
      for (let i = 0; i < packets; i++) {
        talk.forward(i === 0 ? 0 : uniform(random, 0.0001, 0.0014), payload)
        if (random() < 0.3) talk.reverse(0.0003, payload)
      }
      scene.push()
    }
    return actors(variant === 'single' ? sources[0]! : null, victim)
  },
}
