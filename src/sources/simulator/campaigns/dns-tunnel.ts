import { integer, pick, type Random } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { exponential, letters, uniform } from '../distributions.ts'
import { actors } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const ZONE = 't.relay.example'

/** Data in the names asked for: over one socket as iodine and dnscat2 do, or a socket per question as a resolver library does. */
export const dnsTunnel: Campaign = {
  family: 'dns-tunnel',
  type: 'DNS Tunnel',
  attack: ['T1071.004', 'T1572'],
  variants: ['socket', 'questions'],
  size: 'few',
  generate(scene, variant) {
    const { random, network } = scene
    const client = pick(random, [network.windows, network.laptop])
    const type = pick(random, [10, 16, 5])
    if (variant === 'socket') socket(scene, client, type)
    else questions(scene, client, type)
    return actors(client, network.router)
  },
}

type Client = Scene['network']['windows']

/** Slices of one long conversation with the resolver. */
function socket(scene: Scene, source: Client, dnsType: number): void {
  const { random, network, talk } = scene
  const opening = {
    protocol: PROTOCOL.udp,
    source,
    destination: network.router,
    srcPort: integer(random, 49_152, 65_535),
  }
  const slices = scene.amount(2, 3)
  for (let slice = 0; slice < slices; slice++) {
    const names = { dnsQuery: longName(random), dnsType, dnsRcode: 0, dnsAnswers: 1 }
    talk.open({ ...opening, dstPort: 53, names, slice, age: slice * 60 }, scene.start + slice * 60)
    while (talk.elapsed < 57) {
      talk.forward(talk.elapsed === 0 ? 0 : exponential(random, 0.12), integer(random, 90, 250))
      talk.reverse(uniform(random, 0.03, 0.12), integer(random, 120, 310))
    }
    scene.push(slice < slices - 1 ? 'active' : 'idle')
  }
}

function questions(scene: Scene, source: Client, dnsType: number): void {
  const { random, network, talk } = scene
  let time = scene.start
  for (let i = scene.amount(30, 120); i > 0; i--) {
    const dnsQuery = longName(random)
    const ends = { source, destination: network.router, srcPort: integer(random, 49_152, 65_535), dstPort: 53 }
    talk.open({ protocol: PROTOCOL.udp, ...ends, names: { dnsQuery, dnsType, dnsRcode: 0, dnsAnswers: 1 } }, time)
    talk.forward(0, dnsQuery.length + 18)
    talk.reverse(uniform(random, 0.03, 0.12), dnsQuery.length + integer(random, 60, 200))
    scene.push()
    time += exponential(random, 0.25)
  }
}

/** Labels of at most 63 letters (RFC 1035, 2.3.4), full of data. */
function longName(random: Random): string {
  const labels = Array.from({ length: integer(random, 2, 3) }, () => letters(random, integer(random, 40, 60), BASE32))
  return `${labels.join('.')}.${ZONE}`
}
