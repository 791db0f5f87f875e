import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { exponential, letters, uniform } from '../distributions.ts'
import { actors } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** Malware tries the names of the day: none exists, but for the one its master has registered. */
export const dga: Campaign = {
  family: 'dga',
  type: 'DGA',
  attack: ['T1568.002'],
  variants: ['random'],
  size: 'burst',
  generate(scene) {
    const { random, network, talk } = scene
    const client = pick(random, [network.windows, network.laptop])
    const count = scene.amount(28, 60)
    let time = scene.start
    for (let i = 0; i < count; i++) {
      const found = i === count - 1
      const dnsQuery = `${letters(random, integer(random, 12, 20), 'abcdefghijklmnopqrstuvwxyz')}.example`
      const ends = {
        source: client,
        destination: network.router,
        srcPort: integer(random, 49_152, 65_535),
        dstPort: 53,
      }
      const names = { dnsQuery, dnsType: 1, dnsRcode: found ? 0 : 3, dnsAnswers: found ? 1 : 0 }
      talk.open({ protocol: PROTOCOL.udp, ...ends, names }, time)
      talk.forward(0, dnsQuery.length + 18)
      talk.reverse(uniform(random, 0.02, 0.08), dnsQuery.length + (found ? 34 : 91))
      scene.push()
      time += exponential(random, 0.5)
    }
    return actors(client, network.router)
  },
}
