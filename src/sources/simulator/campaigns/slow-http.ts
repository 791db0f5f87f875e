import { integer } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, type Conversation, PSH } from '../conversation.ts'
import { uniform } from '../distributions.ts'
import { connect, outsidePath, type Path } from '../tcp.ts'
import { actors, outsider } from './actors.ts'
import type { Campaign } from './campaign.ts'

/**
 * Requests that never end: a header (slowloris) or a body byte now and then holds the connection. Or answers that never do: a window
 * too small to take them in.
 */
export const slowHttp: Campaign = {
  family: 'slow-http',
  type: 'DDoS',
  attack: ['T1499.002'],
  variants: ['header', 'body', 'read'],
  size: 'burst',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const attacker = outsider(random, network)
    const method = variant === 'body' ? 'POST' : 'GET'
    const count = scene.amount(24, 60)
    for (let i = 0; i < count; i++) {
      const ends = { source: attacker, destination: network.nas, srcPort: 45_000 + i, dstPort: 80 }
      const names = { httpMethod: method, httpPath: '/', httpUserAgent: 'Mozilla/5.0' }
      const path = outsidePath(random)
      talk.open({ protocol: PROTOCOL.tcp, ...ends, names }, scene.start + i * uniform(random, 0.01, 0.04))
      connect(talk, path)
      talk.forward(0.001, integer(random, 180, 240), PSH | ACK)
      talk.reverse(path.rtt, 0, ACK)
      if (variant === 'read') takeIn(talk, path)
      const drip = uniform(random, 9, 12)
      while (talk.elapsed < 59 - drip) {
        if (variant === 'read') {
          // The server asks whether there is room by now.
          talk.reverse(drip, 0, ACK)
          talk.forward(path.rtt, 0, ACK)
          continue
        }
        talk.forward(drip, integer(random, 8, 14), PSH | ACK)
        talk.reverse(path.rtt, 0, ACK)
      }
      scene.push('active')
    }
    return actors(attacker, network.nas)
  },
}

/** What fits into the window, and the first, ever slower questions whether more does. */
function takeIn(talk: Conversation, { rtt }: Path): void {
  for (let i = 0; i < 2; i++) {
    talk.reverse(rtt, 576, PSH | ACK)
    talk.forward(0.001, 0, ACK)
  }
  for (const wait of [0.25, 0.5, 1, 2]) {
    talk.reverse(wait, 0, ACK)
    talk.forward(rtt, 0, ACK)
  }
}
