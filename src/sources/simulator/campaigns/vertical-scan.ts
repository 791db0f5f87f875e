import { pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, FIN, PSH, RST, SYN, URG } from '../conversation.ts'
import { exponential, shuffled } from '../distributions.ts'
import { actors, outsider, toolPort } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

const COMMON = [
  ...[21, 22, 23, 25, 53, 80, 110, 111, 113, 135, 139, 143, 199, 256, 389, 443, 445, 465, 515, 548, 554, 587, 636, 646],
  ...[873, 990, 993, 995, 1025, 1110, 1433, 1720, 1723, 1900, 2000, 2049, 3128, 3306, 3389, 5000, 5060, 5432, 5900],
  ...[6000, 6379, 7070, 8000, 8008, 8080, 8443, 8888, 9100, 9200, 10_000, 27_017, 32_768, 49_152],
]
const OPEN = new Set([22, 80, 443, 445, 5000])

/** One host tries many ports of another, as nmap and masscan do. */
export const verticalScan: Campaign = {
  family: 'vertical-scan',
  type: 'Port Scan',
  attack: ['T1046'],
  variants: ['syn', 'connect', 'fin', 'null', 'xmas', 'udp'],
  size: 'burst',
  generate(scene, variant) {
    const { random, network } = scene
    const inside = pick(random, [network.windows, network.camera])
    const attacker = random() < 0.5 ? outsider(random, network) : inside
    const victim = pick(random, [network.nas, network.laptop, network.hub])
    const ports = choosePorts(scene, scene.amount(24, 400))
    const srcPort = toolPort(random)
    let time = scene.start
    for (const [i, dstPort] of ports.entries()) {
      const ends = { source: attacker, destination: victim, srcPort, dstPort }
      if (variant === 'udp') scene.talk.open({ protocol: PROTOCOL.udp, ...ends }, time)
      else if (variant === 'connect') scene.talk.open({ protocol: PROTOCOL.tcp, ...ends, srcPort: srcPort + i }, time)
      else scene.talk.open({ protocol: PROTOCOL.tcp, ...ends, synHeader: 44, header: 40 }, time)
      probe(scene, variant, OPEN.has(dstPort))
      scene.push()
      time += exponential(random, scene.amount(60, 8) / 1000)
    }
    if (variant === 'udp') unreachable(scene, victim, attacker, ports.length, time - scene.start)
    return actors(attacker, victim)
  },
}

const PROBE: Readonly<Record<string, number>> = { fin: FIN, null: 0, xmas: FIN | PSH | URG, udp: 0 }

function probe({ talk }: Scene, variant: string, open: boolean): void {
  const flags = PROBE[variant] ?? SYN
  talk.forward(0, 0, flags)
  if (variant === 'udp') return
  const rtt = 0.0004
  if (!open) talk.reverse(rtt, 0, RST | ACK)
  if (!open || flags !== SYN) return
  talk.reverse(rtt, 0, SYN | ACK)
  if (variant === 'connect') talk.forward(0.0002, 0, ACK)
  talk.forward(0.0002, 0, variant === 'connect' ? RST | ACK : RST)
}

function choosePorts({ random }: Scene, count: number): number[] {
  const ports = new Set(shuffled(random, COMMON).slice(0, count))
  while (ports.size < count) ports.add(1 + Math.floor(random() * 49_000))
  return [...ports]
}

/** The victim's "port unreachable" is one more flow: ICMP has no ports to tell them apart. */
function unreachable(scene: Scene, source: Ends, destination: Ends, probes: number, duration: number): void {
  const { talk } = scene
  talk.open({ protocol: PROTOCOL.icmp, source, destination, srcPort: 3, dstPort: 3 }, scene.start + 0.0005)
  for (let i = 0; i < probes; i++) talk.forward(i === 0 ? 0 : duration / probes, 28)
  scene.push()
}

type Ends = Scene['network']['router']
