import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { uniform } from '../distributions.ts'
import { close, connect, exchange, outsidePath } from '../tcp.ts'
import { actors, outsider, toolPort } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** A device that only ever speaks to its maker speaks to somebody else, on a port nobody here uses. */
export const rareDestination: Campaign = {
  family: 'rare-destination',
  type: 'Rare Destination',
  attack: ['T1071', 'T1571'],
  variants: ['device'],
  size: 'few',
  generate(scene) {
    const { random, network, talk } = scene
    const source = pick(random, [network.printer, network.camera, network.plugs[0]!])
    const destination = outsider(random, network)
    const dstPort = pick(random, [6667, 8081, 37_215, 48_101])
    let time = scene.start
    for (let i = scene.amount(1, 4); i > 0; i--) {
      const path = outsidePath(random)
      talk.open({ protocol: PROTOCOL.tcp, source, destination, srcPort: toolPort(random), dstPort }, time)
      connect(talk, path)
      for (let turn = integer(random, 2, 5); turn > 0; turn--)
        exchange(talk, random, path, integer(random, 40, 300), integer(random, 200, 3_000))
      close(talk, path)
      time += talk.elapsed + uniform(random, 2, 20)
      scene.push()
    }
    return actors(source, destination)
  },
}
