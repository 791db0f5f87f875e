import { integer, pick, type Random } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { exponential, uniform } from '../distributions.ts'
import { actors, spoofed, toolPort } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** What one reflector sends: port, datagrams and their payload. */
interface Reflector {
  port: number
  packets(random: Random): number
  payload(random: Random): number
}

const REFLECTORS: Readonly<Record<string, Reflector>> = {
  dns: { port: 53, packets: (random) => integer(random, 1, 6), payload: (random) => integer(random, 900, 1_452) },
  ntp: { port: 123, packets: (random) => integer(random, 4, 60), payload: () => 440 },
  snmp: { port: 161, packets: (random) => integer(random, 1, 4), payload: (random) => integer(random, 500, 1_400) },
  ssdp: { port: 1900, packets: (random) => integer(random, 5, 12), payload: (random) => integer(random, 280, 420) },
}

/** Answers nobody here asked for, from many honest servers, each much larger than its question. */
export const udpAmplification: Campaign = {
  family: 'udp-amplification',
  type: 'DDoS',
  attack: ['T1498.002'],
  variants: Object.keys(REFLECTORS),
  size: 'burst',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const { port, packets, payload } = REFLECTORS[variant]!
    const victim = pick(random, [network.console, network.nas, network.router])
    const dstPort = toolPort(random)
    let time = scene.start
    for (let i = scene.amount(24, 150); i > 0; i--) {
      const source = spoofed(random, network)
      talk.open({ protocol: PROTOCOL.udp, source, destination: victim, srcPort: port, dstPort }, time)
      for (let n = packets(random); n > 0; n--) {
        talk.forward(talk.record.forward.packets === 0 ? 0 : uniform(random, 0.0002, 0.03), payload(random))
      }
      scene.push()
      time += exponential(random, scene.amount(60, 12) / 1000)
    }
    return actors(null, victim)
  },
}
