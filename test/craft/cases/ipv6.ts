import {
  between,
  dns,
  dnsLookup,
  extension,
  type Frame,
  fragments,
  type Host,
  httpRequest,
  httpResponse,
  icmp6,
  merge,
  packet,
  ping,
  START,
  synScan,
  tcpSession,
  u32,
  udp,
  udpExchange,
} from '../index.ts'

const ROUTER: Host = { address: '2001:db8:7::1' }
const LAPTOP: Host = { address: '2001:db8:7::21' }
const SERVER: Host = { address: '2001:db8:7::10', vlan: 7 }
const GROUP: Host = { address: 'ff02::fb', mac: '33:33:00:00:00:fb' }

/** IPv6 in its ways: names, pages, pings, neighbours, a group, extension headers, fragments, a tag; then a scan. */
export function ipv6(): Frame[] {
  const pages = Array.from({ length: 6 }, (_, i) => {
    const turns = [[httpRequest({ path: `/${i}` }), httpResponse({ length: 900 * (i + 1) })]] as const
    const start = START + 20 * i
    const name = `six${i}.example`
    const answers = [{ type: 'AAAA', value: '2001:db8:9::80' }] as const
    const asked = dnsLookup({
      client: LAPTOP,
      resolver: ROUTER,
      name,
      type: 'AAAA',
      answers,
      clientPort: 40_000 + i,
      start,
    })
    const server = { address: '2001:db8:9::80', mac: '02:60:00:07:00:01', ttl: 55 }
    return merge(
      asked,
      tcpSession({ client: LAPTOP, server, port: 80, clientPort: 50_100 + i, start: start + 0.1, turns }),
    )
  })
  const announced = udpExchange({
    client: LAPTOP,
    server: GROUP,
    port: 5353,
    clientPort: 5353,
    start: START + 5,
    turns: [[dns({ id: 0, name: '_ipp._tcp.local', type: 'PTR' }), '']],
  })
  const scan = synScan({
    attacker: LAPTOP,
    victim: SERVER,
    ports: Array.from({ length: 120 }, (_, i) => i + 1),
    start: START + 130,
  })
  return merge(...pages, announced, ping({ client: LAPTOP, server: ROUTER, start: START + 9 }), oddities(), scan)
}

function oddities(): Frame[] {
  const datagram = udp({ srcPort: 40_500, dstPort: 6_000 })
  const whole = packet(...between(LAPTOP, ROUTER), datagram, new Uint8Array(3_000).fill(66))
  const pieces = fragments(whole, 1_232)
  const extended = packet(
    ...between(LAPTOP, ROUTER),
    extension(0),
    extension(60, 2),
    udp({ srcPort: 40_501, dstPort: 6_001 }),
    'padded',
  )
  const target = u32(0x20010db8, 0x00070000, 0, 1)
  const solicited = packet(...between({ ...LAPTOP, ttl: 255 }, ROUTER), icmp6({ type: 135 }), target)
  return [solicited, extended, ...pieces].map((bytes, i) => ({ time: START + 15 + i * 0.01, bytes }))
}
