import { integer } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { exponential } from '../distributions.ts'
import { BROADCAST, ipv4, NOBODY } from '../network.ts'
import { actors } from './actors.ts'
import type { Actors, Campaign, Scene } from './campaign.ts'

/** Leases for devices that do not exist, until there are none left for those that do. */
export const dhcpStarvation: Campaign = {
  family: 'dhcp-starvation',
  type: 'DHCP Starvation',
  attack: ['T1498', 'T1557.003'],
  variants: ['discover', 'inform'],
  size: 'burst',
  generate(scene, variant) {
    return variant === 'discover' ? discover(scene) : inform(scene)
  },
}

/** All questions come from nobody to everybody and are one flow; each offer goes to an address of its own. */
function discover(scene: Scene): Actors {
  const { random, network, talk } = scene
  const count = scene.amount(24, 80)
  const gap = scene.amount(80, 50) / 1000
  const times = [scene.start]
  while (times.length < count) times.push(times.at(-1)! + exponential(random, gap))
  talk.open(
    {
      protocol: PROTOCOL.udp,
      source: { ...NOBODY, mac: forgedMac(scene), ttl: 64 },
      destination: BROADCAST,
      ...CLIENT,
    },
    scene.start,
  )
  times.forEach((time, i) => {
    talk.forward(i === 0 ? 0 : time - times[i - 1]!, 244)
  })
  scene.push()
  times.forEach((time, i) => {
    const destination = network.stranger(150 + (i % 100), forgedMac(scene))
    const ends = { source: network.router, destination, srcPort: 67, dstPort: 68 }
    talk.open({ protocol: PROTOCOL.udp, ...ends }, time + 0.004)
    talk.forward(0, 300)
    scene.push()
  })
  return actors(null, network.router)
}

/** The same with addresses made up as well, as some tools do. */
function inform(scene: Scene): Actors {
  const { random, network, talk } = scene
  const subnet = ipv4('128.2.5.0')
  let time = scene.start
  for (let i = scene.amount(24, 80); i > 0; i--) {
    const source = { address: subnet | (i % 254) | ((i >> 8) << 8), mac: forgedMac(scene), ttl: 64 }
    talk.open({ protocol: PROTOCOL.udp, source, destination: network.router, ...CLIENT }, time)
    talk.forward(0, 247)
    talk.reverse(0.002, 300)
    scene.push()
    time += exponential(random, 0.04)
  }
  return actors(null, network.router)
}

const CLIENT = { srcPort: 68, dstPort: 67 }

function forgedMac({ random }: Scene): number {
  return 0x020000000000 + integer(random, 0, 0xffffff)
}
