import { integer, type Random } from '../../src/math/random.ts'
import { PROTOCOL } from '../../src/net/flow-record.ts'
import { ACK, type End, RST, SYN } from '../../src/sources/simulator/conversation.ts'
import { logNormal, uniform } from '../../src/sources/simulator/distributions.ts'
import type { Device } from '../../src/sources/simulator/network.ts'
import { connect, exchange, leave, outsidePath, tls } from '../../src/sources/simulator/tcp.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { type Author, network } from '../learning/world.ts'

/** Who speaks with whom. */
export interface Ends {
  source: End
  destination: End
  dstPort: number
}

/** 198.18.0.0/15, and 2001:db8::/32, whose part ffff is elsewhere. */
const BENCHMARKS = (198 << 7) | 9
const DOCUMENTATION = 0x20010db8
/** First octets that are not, or not wholly, ordinary addresses. */
const SPECIAL = new Set([100, 127, 169, 172, 192, 198, 203])

/** Whether a flow leads to one of the services of the household's world. */
export function isElsewhere({ address }: FlowRecord): boolean {
  const isIPv4 = address[4] === 0 && address[6] === 0xffff
  return isIPv4 ? address[7]! >>> 17 === BENCHMARKS : address[4] === DOCUMENTATION && address[5]! >>> 16 === 0xffff
}

/** Any address of the Internet: nobody's in particular. */
export function anybody(random: Random): End {
  const first = integer(random, 11, 222)
  return SPECIAL.has(first) ? anybody(random) : network.outside((first << 24) | integer(random, 0, 0xffffff))
}

/** A port of a client's own. */
export function port(random: Random): number {
  return integer(random, 32_768, 60_999)
}

/** Times from `from` to `to`, about `median` seconds apart. */
export function* moments(random: Random, from: number, to: number, median: number): Generator<number> {
  for (let time = from + median * random(); time < to; time += logNormal(random, median, 0.8, median / 10, 15 * median))
    yield time
}

/** Asks the router for a name, which it finds (0), does not find (3), or cannot say (2). */
export function ask({ random, talk, push }: Author, source: Device, name: string, time: number, rcode = 0): void {
  const ends = { source, destination: network.router, srcPort: port(random), dstPort: 53 }
  const names = { dnsQuery: name, dnsType: 1, dnsRcode: rcode, dnsAnswers: rcode === 0 ? 2 : 0 }
  talk.open({ protocol: PROTOCOL.udp, ...ends, names }, time)
  talk.forward(0, name.length + 18)
  talk.reverse(uniform(random, 0.005, 0.05), name.length + 18 + (rcode === 0 ? 32 : 0))
  push()
}

/** Asks the router for a name three times, and hears nothing. */
export function askInVain({ random, talk, push }: Author, source: Device, name: string, time: number): void {
  const ends = { source, destination: network.router, srcPort: port(random), dstPort: 53 }
  talk.open({ protocol: PROTOCOL.udp, ...ends, names: { dnsQuery: name, dnsType: 1 } }, time)
  for (const gap of [0, 1, 2]) talk.forward(gap, name.length + 18)
  push()
}

/** Knocks a few times where nobody is, or is refused. */
export function knock({ random, talk, push }: Author, ends: Ends, time: number, refused = false): void {
  talk.open({ protocol: PROTOCOL.tcp, ...ends, srcPort: port(random) }, time)
  talk.forward(0, 0, SYN)
  if (refused) talk.reverse(outsidePath(random).rtt, 0, RST | ACK)
  else for (let gap = 1, left = integer(random, 0, 3); left > 0; left--, gap *= 2) talk.forward(gap, 0, SYN)
  push()
}

/** Looks at a page, or a part of one. */
export function look({ random, talk, push }: Author, ends: Ends, name: string, time: number): void {
  const path = outsidePath(random)
  talk.open({ protocol: PROTOCOL.tcp, ...ends, srcPort: port(random), names: { tlsSni: name } }, time)
  connect(talk, path)
  tls(talk, random, path)
  for (let turn = integer(random, 1, 4); turn > 0; turn--)
    exchange(talk, random, path, integer(random, 200, 1_200), Math.round(logNormal(random, 20_000, 1.4, 200, 2e6)))
  leave(talk, random, path)
  push()
}
