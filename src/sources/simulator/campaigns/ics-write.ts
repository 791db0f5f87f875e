import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, PSH } from '../conversation.ts'
import { uniform } from '../distributions.ts'
import { close, connect, localPath } from '../tcp.ts'
import { actors } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** A host that never spoke Modbus writes register after register. */
export const icsWrite: Campaign = {
  family: 'ics-write',
  type: 'ICS Intrusion',
  attack: ['T0855', 'T0836'],
  variants: ['registers', 'coils'],
  size: 'few',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const attacker = pick(random, [network.windows, network.laptop])
    let time = scene.start
    for (let i = scene.amount(2, 3); i > 0; i--) {
      const ends = {
        source: attacker,
        destination: network.inverter,
        srcPort: integer(random, 49_152, 65_535),
        dstPort: 502,
      }
      const path = localPath(random)
      talk.open({ protocol: PROTOCOL.tcp, ...ends }, time)
      connect(talk, path)
      for (let writes = integer(random, 40, 160); writes > 0; writes--) {
        talk.forward(uniform(random, 0.002, 0.02), variant === 'coils' ? 12 : integer(random, 15, 61), PSH | ACK)
        talk.reverse(path.rtt, 12, PSH | ACK)
      }
      close(talk, path)
      time += talk.elapsed + uniform(random, 0.5, 4)
      scene.push()
    }
    return actors(attacker, network.inverter)
  },
}
