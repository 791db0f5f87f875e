import { DNS_TYPES } from '../../net/dns-types.ts'
import type { Sight } from '../../types/sight.ts'
import { isRow, listAt, type Row, rowAt, textAt } from '../flow-log/json.ts'
import type { NamesGatherer } from '../flow-log/names.ts'

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']
const DHCP_MESSAGES = ['', 'discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform']
/** Questions read of one event. */
const QUERIES_MAX = 64

/** What an event of each type adds to the names of its flow. */
export const CONTENT_EVENTS: ReadonlyMap<string, { shows: Sight; tell(row: Row, gathered: NamesGatherer): void }> =
  new Map([
    ['dns', { shows: 'dns', tell: (row, gathered) => tellDns(rowAt(row, 'dns'), gathered) }],
    ['http', { shows: 'http', tell: (row, gathered) => tellHttp(rowAt(row, 'http'), gathered) }],
    ['tls', { shows: 'tls', tell: (row, gathered) => tellTls(rowAt(row, 'tls'), gathered) }],
    ['ssh', { shows: 'ssh', tell: (row, gathered) => tellSsh(rowAt(row, 'ssh'), gathered) }],
    ['dhcp', { shows: 'dhcp', tell: (row, gathered) => tellDhcp(rowAt(row, 'dhcp'), gathered) }],
  ] as const)

/** All versions: questions and answers apart, one name each or a list of questions. */
function tellDns(dns: Row, gathered: NamesGatherer): void {
  const type = textAt(dns, 'type')
  const rcode = RCODES.indexOf(textAt(dns, 'rcode') || 'NOERROR')
  if (type === 'answer' || type === 'response') {
    gathered.answer(Math.max(0, rcode), listAt(dns, 'answers').length)
    return
  }
  const queries = listAt(dns, 'queries').slice(0, QUERIES_MAX).filter(isRow)
  for (const query of queries.length > 0 ? queries : [dns]) {
    const name = textAt(query, 'rrname')
    const qtype = DNS_TYPES.get(textAt(query, 'rrtype')) ?? 0
    if (name !== '') gathered.lookup({ name, type: qtype, rcode: Number.NaN, answers: Number.NaN })
  }
}

function tellHttp(http: Row, gathered: NamesGatherer): void {
  gathered.request({
    method: textAt(http, 'http_method'),
    host: textAt(http, 'hostname'),
    path: textAt(http, 'url'),
    agent: textAt(http, 'http_user_agent'),
    status: Number(textAt(http, 'status') || Number.NaN),
  })
}

function tellTls(tls: Row, gathered: NamesGatherer): void {
  gathered.set('tlsSni', textAt(tls, 'sni'))
  const alpn = listAt(tls, 'client_alpns')[0]
  if (typeof alpn === 'string') gathered.set('tlsAlpn', alpn)
}

function tellSsh(ssh: Row, gathered: NamesGatherer): void {
  for (const side of [rowAt(ssh, 'client'), rowAt(ssh, 'server')]) {
    const software = textAt(side, 'software_version')
    if (software !== '') gathered.set('ssh', `SSH-${textAt(side, 'proto_version') || '2.0'}-${software}`)
  }
}

function tellDhcp(dhcp: Row, gathered: NamesGatherer): void {
  gathered.count('dhcpMessage', DHCP_MESSAGES.indexOf(textAt(dhcp, 'dhcp_type')))
  gathered.count('dhcpClients', 1)
  gathered.set('dhcpHost', textAt(dhcp, 'hostname'))
  gathered.set('dhcpRequested', textAt(dhcp, 'requested_ip'))
  gathered.set('dhcpMac', textAt(dhcp, 'client_mac'))
  if (textAt(dhcp, 'dhcp_type') === 'ack') gathered.set('dhcpAddress', textAt(dhcp, 'assigned_ip'))
}
