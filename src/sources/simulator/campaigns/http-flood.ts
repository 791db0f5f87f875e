import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { exponential } from '../distributions.ts'
import { close, connect, exchange, outsidePath } from '../tcp.ts'
import { actors, outsider, toolPort } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** Honest-looking requests for the dearest page, far more of them than people could make. */
export const httpFlood: Campaign = {
  family: 'http-flood',
  type: 'DDoS',
  attack: ['T1499.002'],
  variants: ['single', 'botnet'],
  size: 'flood',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const bots = Array.from({ length: variant === 'single' ? 1 : scene.amount(6, 30) }, () => outsider(random, network))
    const names = { httpMethod: 'GET', httpPath: '/search?q=a', httpUserAgent: 'Mozilla/5.0', httpStatus: 200 }
    let time = scene.start
    for (let i = scene.amount(200, 300); i > 0; i--) {
      const ends = { source: pick(random, bots), destination: network.nas, srcPort: toolPort(random), dstPort: 80 }
      const path = outsidePath(random)
      talk.open({ protocol: PROTOCOL.tcp, ...ends, names }, time)
      connect(talk, path)
      exchange(talk, random, path, integer(random, 150, 190), integer(random, 2_400, 2_900))
      close(talk, path)
      scene.push()
      time += exponential(random, 0.03)
    }
    return actors(variant === 'single' ? bots[0]! : null, network.nas)
  },
}
