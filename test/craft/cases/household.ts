import {
  arpExchange,
  clientHello,
  concat,
  dnsLookup,
  type Frame,
  type Host,
  httpRequest,
  httpResponse,
  merge,
  ping,
  START,
  serverHello,
  tcpSession,
  tlsData,
  udpExchange,
} from '../index.ts'

export const ROUTER: Host = { address: '192.168.7.1' }
export const SERVER: Host = { address: '192.168.7.10' }
export const LAPTOP: Host = { address: '192.168.7.21' }
export const PHONE: Host = { address: '192.168.7.22' }
/** Outside addresses have the router's MAC. */
export function outside(address: string): Host {
  return { address, mac: '02:40:c0:a8:07:01', ttl: 52 }
}

/** Five minutes of a small network in which nothing is wrong. */
export function household(start = START): Frame[] {
  const conversations: Frame[][] = []
  for (let minute = 0; minute < 5; minute++) {
    const time = start + minute * 60
    conversations.push(
      arpExchange(LAPTOP, ROUTER, time),
      ...[LAPTOP, PHONE].map((client, i) => page(client, time + 3 + 7 * i, minute * 2 + i)),
      dnsLookup({
        client: PHONE,
        resolver: ROUTER,
        name: 'push.example',
        type: 'AAAA',
        clientPort: 40_100 + minute,
        start: time + 20,
      }),
      udpExchange({
        client: SERVER,
        server: outside('198.51.100.123'),
        port: 123,
        clientPort: 123,
        start: time + 31,
        turns: [ntp()],
      }),
      ping({ client: SERVER, server: ROUTER, start: time + 40 }),
    )
  }
  const work = Array.from({ length: 25 }, (_, i) => ['k'.repeat(36), 'e'.repeat(i % 6 === 5 ? 600 : 36)] as const)
  conversations.push(sshSession(LAPTOP, 51_900, start + 65, work, 0.8))
  return merge(...conversations)
}

/** A name is looked up, and a page fetched over HTTP or TLS. */
function page(client: Host, start: number, n: number): Frame[] {
  const name = `www${n}.example`
  const address = `198.51.100.${30 + n}`
  const answers = [{ type: 'A', value: address }] as const
  const asked = dnsLookup({ client, resolver: ROUTER, name, answers, clientPort: 40_000 + n, id: n + 1, start })
  const connection = { client, server: outside(address), clientPort: 51_000 + n, start: start + 0.05, rtt: 0.02 }
  const plain = [httpRequest({ host: name, path: `/page${n}` }), httpResponse({ length: 1_500 + 400 * n })] as const
  const hello = [clientHello({ serverName: name }), concat(serverHello(), tlsData(2_400))] as const
  const secret = [tlsData(300), tlsData(2_000 + 700 * n)] as const
  if (n % 3 === 0) return merge(asked, tcpSession({ ...connection, port: 80, turns: [plain] }))
  return merge(
    asked,
    tcpSession({ ...connection, port: 443, turns: [hello, secret], close: n % 4 === 1 ? 'server' : 'client' }),
  )
}

/** Banners, key exchange, and then what the turns say; one that fails to log in has few of them. */
export function sshSession(
  client: Host,
  clientPort: number,
  start: number,
  turns: readonly (readonly [string, string])[],
  think = 0.3,
): Frame[] {
  const banners = ['SSH-2.0-OpenSSH_9.6\r\n', 'SSH-2.0-OpenSSH_9.2\r\n'] as const
  const keys = [
    ['x'.repeat(1_440), 'y'.repeat(1_080)],
    ['x'.repeat(48), 'y'.repeat(590)],
    ['x'.repeat(16), ''],
  ] as const
  return tcpSession({ client, server: SERVER, port: 22, clientPort, start, think, turns: [banners, ...keys, ...turns] })
}

function ntp(): readonly [Uint8Array, Uint8Array] {
  const request = new Uint8Array(48)
  const response = new Uint8Array(48)
  request[0] = 0x23
  response[0] = 0x24
  return [request, response]
}
