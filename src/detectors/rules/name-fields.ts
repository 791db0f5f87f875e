import type { FlowNames } from '../../types/flow.ts'
import type { Field } from './field.ts'

/** Numbers read of the application layer: name in a rule, key and label. */
const NUMBERS: readonly [name: string, key: keyof FlowNames, label: string, unit: string, get: Get][] = [
  ['dns.queries', 'dnsQueries', 'DNS questions', 'questions', (n) => n.dnsQueries],
  ['dns.names', 'dnsNames', 'distinct DNS names', 'names', (n) => n.dnsNames],
  ['dns.name_bytes', 'dnsNameBytes', 'length of all DNS names asked', 'B', (n) => n.dnsNameBytes],
  [
    'dns.longest_label',
    'dnsLongestLabel',
    'longest label asked',
    'B',
    (n) => n.dnsLongestLabel ?? (n.dnsQuery === undefined ? undefined : longestLabel(n.dnsQuery)),
  ],
  ['dns.entropy', 'dnsEntropy', 'mean entropy of DNS names', 'bit', (n) => n.dnsEntropy],
  ['dns.odd_types', 'dnsOddTypes', 'DNS questions of odd types', 'questions', (n) => n.dnsOddTypes],
  ['dns.nxdomain', 'dnsNxdomain', 'DNS answers that there is no such name', 'answers', (n) => n.dnsNxdomain],
  ['dns.answer_bytes', 'dnsAnswerBytes', 'length of DNS answers', 'B', (n) => n.dnsAnswerBytes],
  ['http.requests', 'httpRequests', 'HTTP requests', 'requests', (n) => n.httpRequests],
  ['http.errors', 'httpErrors', 'HTTP error responses', 'responses', (n) => n.httpErrors],
  ['dhcp.message', 'dhcpMessage', 'DHCP message type', '', (n) => n.dhcpMessage],
  ['dhcp.clients', 'dhcpClients', 'DHCP clients', 'clients', (n) => n.dhcpClients],
  ['modbus.reads', 'modbusReads', 'Modbus read requests', 'requests', (n) => n.modbusReads],
  ['modbus.writes', 'modbusWrites', 'Modbus write requests', 'requests', (n) => n.modbusWrites],
  ['tftp.writes', 'tftpWrites', 'TFTP write requests', 'requests', (n) => n.tftpWrites],
]

/** The same for strings. */
const STRINGS: readonly [name: string, key: keyof FlowNames, label: string, get: (names: FlowNames) => Text][] = [
  ['dns.domain', 'dnsQuery', 'DNS domain', (n) => n.dnsQuery && domainOf(n.dnsQuery)],
  [
    'http.odd_path',
    'httpOddPath',
    'oddest HTTP path',
    (n) => n.httpOddPath ?? (isPlain(n.httpPath) ? undefined : n.httpPath),
  ],
  ['tls.alpn', 'tlsAlpn', 'TLS application protocol', (n) => n.tlsAlpn],
  ['dhcp.host', 'dhcpHost', 'DHCP host name', (n) => n.dhcpHost],
  ['dhcp.requested', 'dhcpRequested', 'DHCP address requested', (n) => n.dhcpRequested],
  ['device.name', 'srcHostName', 'what the source calls itself', (n) => n.dhcpHost ?? n.srcHostName],
  ['tftp.file', 'tftpFile', 'TFTP file', (n) => n.tftpFile],
]

type Get = (names: FlowNames) => number | undefined
type Text = string | undefined

/** Fields of what was read of the application layer, beside those of `fields.ts`. */
export const NAME_FIELDS: readonly Field[] = [
  ...NUMBERS.map(([name, , label, unit, get]): Field => {
    return {
      kind: 'number',
      name,
      label,
      unit,
      named: true,
      get: ({ flow: { names } }) => (names && get(names)) ?? Number.NaN,
    }
  }),
  ...STRINGS.map(([name, , label, get]): Field => {
    return { kind: 'string', name, label, wire: true, get: ({ flow: { names } }) => (names && get(names)) ?? '' }
  }),
]

/** What a test of a rule sets by these fields. */
export const NAME_KEYS: readonly (readonly [name: string, key: keyof FlowNames])[] = [...NUMBERS, ...STRINGS].map(
  ([name, key]) => [name, key],
)

function longestLabel(name: string): number {
  let longest = 0
  for (let at = 0; at <= name.length; ) {
    const dot = name.indexOf('.', at)
    const end = dot < 0 ? name.length : dot
    longest = Math.max(longest, end - at)
    at = end + 1
  }
  return longest
}

/** True of a path of ordinary characters that goes nowhere but down: the patterns of attacks need not look at it. */
function isPlain(path = ''): boolean {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code >= 128 || PLAIN[code] === 0) return false
    if (code === SLASH && (path.charCodeAt(i - 1) === DOT || path.charCodeAt(i - 1) === EQUALS)) return false
  }
  return true
}

const [DOT, SLASH, EQUALS] = [0x2e, 0x2f, 0x3d]
const PLAIN = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-=&?,:~@!') {
  PLAIN[character.charCodeAt(0)] = 1
}

/** The part of a name somebody registered, as far as its form tells: two labels, three under such as `co.uk`. */
export function domainOf(name: string): string {
  const last = name.lastIndexOf('.')
  const second = name.lastIndexOf('.', last - 1)
  if (last < 0 || second < 0) return name
  const isShort = name.length - last - 1 === 2 && last - second - 1 <= 3
  return isShort ? name.slice(name.lastIndexOf('.', second - 1) + 1) : name.slice(second + 1)
}
