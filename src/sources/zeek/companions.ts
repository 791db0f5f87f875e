import type { Sight } from '../../types/sight.ts'
import type { NamesGatherer } from '../flow-log/names.ts'
import { countOf } from '../flow-log/values.ts'

type Cell = (name: string) => string

/** A log beside `conn.log` whose lines name their connection by its `uid`. */
export interface Companion {
  /** As Zeek's `#path` calls it. */
  readonly path: string
  readonly shows: Sight
  /** First the identifiers of its connections, then when it was written. */
  readonly columns: readonly string[]
  /** A log with any of these columns, and an identifier of connections, is this one. */
  readonly marks: readonly string[]
  /** Adds what a line says to what is known of its connection. */
  tell(cell: Cell, gathered: NamesGatherer): void
}

/** DHCP message types by the names of RFC 2132. */
const DHCP_MESSAGES = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM']

export const COMPANIONS: readonly Companion[] = [
  {
    path: 'dns',
    shows: 'dns',
    columns: ['uid', 'ts', 'query', 'qtype', 'rcode', 'answers'],
    marks: ['query', 'qtype', 'trans_id'],
    tell(cell, gathered) {
      const rcode = cell('rcode') === '' ? Number.NaN : countOf(cell('rcode'))
      const answers = cell('answers') === '' ? 0 : cell('answers').split(',').length
      if (cell('query') === '') gathered.answer(rcode, answers)
      else gathered.lookup({ name: cell('query'), type: countOf(cell('qtype')), rcode, answers })
    },
  },
  {
    path: 'http',
    shows: 'http',
    columns: ['uid', 'ts', 'method', 'host', 'uri', 'user_agent', 'status_code'],
    marks: ['method', 'status_code', 'uri'],
    tell(cell, gathered) {
      const [method, host, path, agent] = [cell('method'), cell('host'), cell('uri'), cell('user_agent')]
      gathered.request({ method, host, path, agent, status: countOf(cell('status_code')) })
    },
  },
  {
    path: 'ssl',
    shows: 'tls',
    columns: ['uid', 'ts', 'server_name', 'next_protocol'],
    marks: ['server_name', 'cipher', 'established', 'ssl_history'],
    tell(cell, gathered) {
      gathered.set('tlsSni', cell('server_name'))
      gathered.set('tlsAlpn', cell('next_protocol'))
    },
  },
  {
    path: 'ssh',
    shows: 'ssh',
    columns: ['uid', 'ts', 'client', 'server'],
    marks: ['auth_success', 'auth_attempts', 'hassh', 'host_key'],
    tell(cell, gathered) {
      gathered.set('ssh', cell('client') || cell('server'))
    },
  },
  {
    path: 'dhcp',
    shows: 'dhcp',
    columns: ['uids', 'ts', 'host_name', 'requested_addr', 'msg_types', 'uid', 'mac', 'assigned_addr'],
    marks: ['msg_types', 'lease_time', 'client_fqdn'],
    tell(cell, gathered) {
      gathered.count('dhcpMessage', DHCP_MESSAGES.indexOf(cell('msg_types').split(',')[0]!))
      gathered.count('dhcpClients', 1)
      gathered.set('dhcpHost', cell('host_name'))
      gathered.set('dhcpRequested', cell('requested_addr'))
      gathered.set('dhcpMac', cell('mac'))
      if (cell('msg_types').split(',').includes('ACK')) gathered.set('dhcpAddress', cell('assigned_addr'))
    },
  },
]

/** The log that has these columns, null for one that tells nothing of connections' content. */
export function companionOf(has: (column: string) => boolean): Companion | null {
  if (!has('uid') && !has('uids')) return null
  return COMPANIONS.find(({ marks }) => marks.some(has)) ?? null
}
