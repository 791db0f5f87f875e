import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { uniform } from '../distributions.ts'
import { close, connect, exchange, outsidePath, tls } from '../tcp.ts'
import { actors, outsider } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** An implant asks its master for orders once a minute, always in the same few bytes. */
export const beacon: Campaign = {
  family: 'beacon',
  type: 'Beacon',
  attack: ['T1071.001', 'T1573'],
  variants: ['https', 'http'],
  size: 'few',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const implant = pick(random, [network.windows, network.laptop])
    const master = outsider(random, network)
    const path = outsidePath(random)
    const visit = {
      httpMethod: 'GET',
      httpHost: 'c.example',
      httpPath: '/u',
      httpUserAgent: 'WinHTTP/5.1',
      httpStatus: 200,
    }
    let time = scene.start
    for (let i = scene.amount(14, 30); i > 0; i--) {
      const dstPort = variant === 'https' ? 443 : 80
      const ends = { source: implant, destination: master, srcPort: integer(random, 49_152, 65_535), dstPort }
      talk.open({ protocol: PROTOCOL.tcp, ...ends, ...(variant === 'http' ? { names: visit } : {}) }, time)
      connect(talk, path)
      if (variant === 'https') tls(talk, random, path)
      exchange(talk, random, path, 212, 148)
      close(talk, path)
      scene.push()
      time += 60 + uniform(random, -1.5, 1.5)
    }
    return actors(implant, master)
  },
}
