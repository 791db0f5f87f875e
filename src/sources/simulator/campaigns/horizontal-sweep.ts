import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { whoHas } from '../arp.ts'
import { ACK, RST, SYN } from '../conversation.ts'
import { exponential, shuffled } from '../distributions.ts'
import { ipv4 } from '../network.ts'
import { actors, toolPort } from './actors.ts'
import type { Actors, Campaign, Scene } from './campaign.ts'

/** One host asks many: is anybody there? A worm outside (TCP), a curious one in the next subnet (ICMP) or in this one (ARP). */
export const horizontalSweep: Campaign = {
  family: 'horizontal-sweep',
  type: 'Host Sweep',
  attack: ['T1046', 'T1018'],
  variants: ['tcp', 'slow', 'icmp', 'arp'],
  size: 'burst',
  generate(scene, variant) {
    if (variant === 'icmp') return pings(scene)
    return variant === 'arp' ? questions(scene) : worm(scene, variant === 'slow' ? 20 : 0.09)
  },
}

/** A hijacked camera looks for others of its kind every `pause` seconds; most are silent, so most SYNs are repeated once. */
function worm(scene: Scene, pause: number): Actors {
  const { random, network, talk } = scene
  const source = pick(random, [network.camera, network.windows])
  const dstPort = source === network.camera ? pick(random, [23, 2323]) : 445
  let time = scene.start
  for (let i = scene.amount(22, 40); i > 0; i--) {
    const destination = network.outside((integer(random, 11, 223) << 24) | Math.floor(random() * 0x1000000))
    const ends = { source, destination, srcPort: toolPort(random), dstPort }
    talk.open({ protocol: PROTOCOL.tcp, ...ends, synHeader: source === network.camera ? 40 : 60, header: 40 }, time)
    talk.forward(0, 0, SYN)
    if (random() < 0.12) talk.reverse(0.08, 0, RST | ACK)
    else if (random() < 0.6) talk.forward(1, 0, SYN)
    scene.push()
    time += exponential(random, pause)
  }
  return actors(source, null)
}

function pings(scene: Scene): Actors {
  const { random, network, talk } = scene
  const source = pick(random, [network.windows, network.tv])
  const subnet = ipv4('192.168.56.0')
  let time = scene.start
  for (const host of hosts(scene, scene.amount(22, 40))) {
    const destination = network.outside(subnet | host, '', 1)
    talk.open({ protocol: PROTOCOL.icmp, source, destination, srcPort: 8, dstPort: 0 }, time)
    talk.forward(0, 0)
    if (random() < 0.1) talk.reverse(0.003, 0)
    scene.push()
    time += exponential(random, 0.06)
  }
  return actors(source, null)
}

function questions(scene: Scene): Actors {
  const { random, network, talk } = scene
  const source = pick(random, [network.windows, network.tv])
  const living = new Set(network.devices.map((device) => device.address))
  let time = scene.start
  for (const host of hosts(scene, scene.amount(24, 60))) {
    const asked = { address: network.prefix | host }
    talk.open(whoHas(source, asked), time)
    talk.forward(0, 0)
    if (living.has(asked.address)) talk.reverse(0.001, 0)
    scene.push()
    time += exponential(random, 0.05)
  }
  return actors(source, null)
}

function hosts({ random }: Scene, count: number): number[] {
  const all = Array.from({ length: 254 }, (_, i) => i + 1)
  return shuffled(random, all).slice(0, count)
}
