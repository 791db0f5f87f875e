import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { uniform } from '../distributions.ts'
import { linkLocal, solicited } from '../ipv6.ts'
import { ALL_NODES, ALL_ROUTERS, type Device, MDNS6, type Network } from '../network.ts'
import type { Kind } from './kind.ts'

/** ICMPv6 types of neighbour discovery (RFC 4861), with what their messages carry above the first eight bytes. */
const SOLICIT_ROUTER = 133
const ADVERTISE_ROUTER = 134
const SOLICIT = 135
const ADVERTISE = 136

/** Is the neighbour still there? Asked of the group or of it alone; question and answer are a flow each. */
const neighbours: Kind = {
  name: 'ndp',
  day: 3,
  night: 3,
  write(stage) {
    const { random, network, talk } = stage
    const router = linkLocal(network.router)
    const device = linkLocal(pick(random, speakers(network)))
    const [asking, asked] = random() < 0.5 ? [router, device] : [device, router]
    const answer = random() < 0.5
    const source = { ...(answer ? asked : asking), ttl: 255 }
    const destination = answer ? asking : random() < 0.4 ? solicited(asked) : asked
    talk.open({ protocol: PROTOCOL.icmp6, source, destination, srcPort: answer ? ADVERTISE : SOLICIT, dstPort: 0 })
    talk.forward(0, 24)
  },
}

/** The router tells all of its prefix, and who has just woken up asks for it. */
const routers: Kind = {
  name: 'router-advertisement',
  day: 0.8,
  night: 0.6,
  write(stage) {
    const { random, network, talk } = stage
    const asks = random() < 0.3
    const source = { ...linkLocal(asks ? pick(random, speakers(network)) : network.router), ttl: 255 }
    const destination = asks ? ALL_ROUTERS : ALL_NODES
    const srcPort = asks ? SOLICIT_ROUTER : ADVERTISE_ROUTER
    talk.open({ protocol: PROTOCOL.icmp6, source, destination, srcPort, dstPort: 0 })
    talk.forward(0, asks ? 8 : 80)
  },
}

/** Who is here? The same question as over IPv4. */
const mdns6: Kind = {
  name: 'mdns6',
  day: 2,
  night: 1.5,
  write({ random, network, talk }) {
    const source = { ...linkLocal(pick(random, [network.phone, network.laptop, network.printer])), ttl: 255 }
    const names = { dnsQuery: pick(random, ['_ipp._tcp.local', '_airplay._tcp.local']), dnsType: 12 }
    talk.open({ protocol: PROTOCOL.udp, source, destination: MDNS6, srcPort: 5353, dstPort: 5353, names })
    for (let i = integer(random, 1, 3), gap = 0; i > 0; i--, gap = uniform(random, 0.9, 1.1)) {
      talk.forward(gap, integer(random, 45, 380))
    }
  },
}

export const ipv6: readonly Kind[] = [neighbours, routers, mdns6]

function speakers({ phone, laptop, windows, tv, nas, printer }: Network): Device[] {
  return [phone, laptop, windows, tv, nas, printer]
}
