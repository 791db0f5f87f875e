import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { whoHas } from '../arp.ts'
import { popular, uniform } from '../distributions.ts'
import { BROADCAST, LLMNR, MDNS, NOBODY, SSDP } from '../network.ts'
import { ephemeral, type Kind } from './kind.ts'

/** A question to the router, which asks on. */
const dns: Kind = {
  name: 'dns',
  day: 18,
  night: 10,
  write({ random, network, talk }) {
    const { web, cloud, video, updates, mail } = network.sites
    const known = popular(random, [...web, ...cloud, ...mail, ...updates, ...video])
    const missing = random() < 0.02
    const type = pick(random, [1, 1, 28, 65])
    const name = missing ? `wpad.${pick(random, ['lan', 'home.example'])}` : known.name
    const answers = missing || type === 65 ? 0 : integer(random, 1, 4)
    const source = pick(random, network.devices.slice(1))
    const ends = { source, destination: network.router, srcPort: ephemeral(random), dstPort: 53 }
    const names = { dnsQuery: name, dnsType: type, dnsRcode: missing ? 3 : 0, dnsAnswers: answers }
    talk.open({ protocol: PROTOCOL.udp, ...ends, names })
    talk.forward(0, name.length + 18 + (random() < 0.5 ? 11 : 0))
    const answered = random() < 0.6 ? uniform(random, 0.0003, 0.002) : uniform(random, 0.008, 0.06)
    talk.reverse(answered, name.length + 18 + (answers === 0 ? 75 : answers * (type === 28 ? 28 : 16)))
  },
}

/** Who is here? To all, and nobody answers on the same flow. */
const mdns: Kind = {
  name: 'mdns',
  day: 4,
  night: 3,
  write({ random, network, talk }) {
    const source = pick(random, [network.phone, network.laptop, network.printer, network.tv, network.nas])
    const names = {
      dnsQuery: pick(random, ['_ipp._tcp.local', '_airplay._tcp.local', '_googlecast._tcp.local']),
      dnsType: 12,
    }
    talk.open({ protocol: PROTOCOL.udp, source, destination: MDNS, srcPort: 5353, dstPort: 5353, names })
    for (let i = integer(random, 1, 4), gap = 0; i > 0; i--, gap = 1 + gap) talk.forward(gap, integer(random, 45, 380))
  },
}

const ssdp: Kind = {
  name: 'ssdp',
  day: 2,
  night: 2,
  write({ random, network, talk }) {
    const source = pick(random, [network.tv, network.console, network.windows, network.router])
    talk.open({ protocol: PROTOCOL.udp, source, destination: SSDP, srcPort: ephemeral(random), dstPort: 1900 })
    for (let i = 0; i < 4; i++) talk.forward(i === 0 ? 0 : uniform(random, 0.8, 1.2), integer(random, 125, 330))
  },
}

const llmnr: Kind = {
  name: 'llmnr',
  day: 1,
  night: 0.3,
  write({ random, network, talk }) {
    const ends = { source: network.windows, destination: LLMNR, srcPort: ephemeral(random), dstPort: 5355 }
    talk.open({
      protocol: PROTOCOL.udp,
      ...ends,
      names: { dnsQuery: pick(random, ['nas', 'printer', 'wpad']), dnsType: 1 },
    })
    talk.forward(0, 21)
    talk.forward(0.41, 21)
  },
}

/** The NAS checks that the router and the outside are there. */
const ping: Kind = {
  name: 'ping',
  day: 4,
  night: 4,
  write({ random, network, talk }) {
    const far = random() < 0.4
    const destination = far ? network.sites.time[0]! : network.router
    talk.open({ protocol: PROTOCOL.icmp, source: network.nas, destination, srcPort: 8, dstPort: 0 })
    const count = pick(random, [4, 5, 10])
    for (let i = 0; i < count; i++) {
      talk.forward(i === 0 ? 0 : 1 - 0.03, 56)
      talk.reverse(far ? uniform(random, 0.012, 0.03) : uniform(random, 0.0003, 0.002), 56)
    }
  },
}

/** The printer's ink levels. */
const snmp: Kind = {
  name: 'snmp',
  day: 0.8,
  night: 0.4,
  write({ random, network, talk }) {
    const ends = { source: network.windows, destination: network.printer, srcPort: ephemeral(random), dstPort: 161 }
    talk.open({ protocol: PROTOCOL.udp, ...ends })
    for (let i = integer(random, 1, 4), gap = 0; i > 0; i--, gap = 0.02) {
      talk.forward(gap, integer(random, 43, 80))
      talk.reverse(uniform(random, 0.002, 0.01), integer(random, 45, 120))
    }
  },
}

const arp: Kind = {
  name: 'arp',
  day: 3,
  night: 3,
  write({ random, network, talk }) {
    const fromRouter = random() < 0.35
    const asking = fromRouter ? network.router : pick(random, network.devices.slice(1))
    const asked = fromRouter ? pick(random, network.devices.slice(1)) : network.router
    talk.open(whoHas(asking, asked))
    talk.forward(0, 0)
    talk.reverse(uniform(random, 0.0002, 0.003), 0)
  },
}

/** A lease is renewed with the router, or asked for of everybody by who has just come home. */
const dhcp: Kind = {
  name: 'dhcp',
  day: 1,
  night: 0.6,
  write(stage) {
    const { random, network, talk } = stage
    const device = pick(random, network.devices.slice(1))
    const joins = random() < 0.3
    const source = joins ? { ...NOBODY, mac: device.mac, ttl: 64 } : device
    const destination = joins ? BROADCAST : network.router
    talk.open({ protocol: PROTOCOL.udp, source, destination, srcPort: 68, dstPort: 67 })
    talk.forward(0, 300)
    if (!joins) talk.reverse(uniform(random, 0.002, 0.02), 300)
  },
}

export const chatter: readonly Kind[] = [dns, mdns, ssdp, llmnr, ping, snmp, arp, dhcp]
