/** How a term compares: `port:22`, `port:>1024`. */
export type Operator = '=' | '>' | '>=' | '<' | '<='

/** What a term asks of a field. */
export type Test =
  /** Text holds `text`, whatever the case; `exact`: is it. */
  | { kind: 'text'; text: string; exact: boolean }
  | { kind: 'number'; operator: Operator; value: number }
  /** Addresses from `low` to `high`, as 128-bit numbers (IPv4 is ::ffff:a.b.c.d). */
  | { kind: 'addresses'; low: bigint; high: bigint }

/** One condition: any test on any value of the fields holds, or, `negated`, none does. */
export interface Term {
  field: FieldName
  negated: boolean
  tests: Test[]
}

/** A whole search: every term must hold. */
export type Query = readonly Term[]

/** How the values of a field are written and compared. */
export type FieldKind = 'address' | 'number' | 'bytes' | 'seconds' | 'text' | 'choice' | 'level' | 'time' | 'last'

interface Field {
  kind: FieldKind
  /** One line for a person. */
  help: string
  choices?: readonly string[]
}

/** Every field a search may name, for flows and incidents alike. `any` is what a bare word looks through. */
export const FIELDS = {
  src: { kind: 'address', help: 'source address or CIDR block' },
  dst: { kind: 'address', help: 'destination address or CIDR block' },
  host: { kind: 'address', help: 'source or destination' },
  port: { kind: 'number', help: 'destination port' },
  srcport: { kind: 'number', help: 'source port' },
  protocol: { kind: 'text', help: 'tcp, udp, icmp ...' },
  service: { kind: 'text', help: 'http, dns, ssh ...' },
  type: { kind: 'text', help: 'attack type' },
  severity: { kind: 'level', help: 'informational, low, medium, high, critical' },
  state: { kind: 'choice', help: 'of an incident', choices: ['open', 'acknowledged', 'closed'] },
  assignee: { kind: 'text', help: 'who looks after an incident' },
  method: { kind: 'choice', help: 'who decided', choices: ['normal', 'rule', 'ml', 'hybrid'] },
  detector: { kind: 'text', help: 'detector or rule that speaks in an incident' },
  attack: { kind: 'text', help: 'ATT&CK technique' },
  is: { kind: 'choice', help: 'kind of flow or incident', choices: ['anomaly', 'normal', 'suppressed'] },
  incident: { kind: 'text', help: 'id of an incident' },
  input: { kind: 'text', help: 'source of the flows' },
  name: { kind: 'text', help: 'DNS name, TLS server name or HTTP host, or what a device calls itself' },
  tunnel: { kind: 'text', help: 'tunnel a flow came in: its kind, identifier or ends' },
  bytes: { kind: 'bytes', help: 'both ways; kB, MB, GB' },
  packets: { kind: 'number', help: 'both ways' },
  duration: { kind: 'seconds', help: 's, m, h, d' },
  score: { kind: 'number', help: '0 to 1' },
  flows: { kind: 'number', help: 'flows of an incident' },
  since: { kind: 'time', help: 'from this time on, ISO 8601' },
  until: { kind: 'time', help: 'before this time, ISO 8601' },
  last: { kind: 'last', help: 'so long ago at most: 15m, 24h, 7d' },
  any: { kind: 'text', help: 'a bare word' },
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof FIELDS

/** Other names of fields. */
export const ALIASES: Readonly<Record<string, FieldName>> = {
  source: 'src',
  destination: 'dst',
  dstport: 'port',
  proto: 'protocol',
  from: 'since',
  to: 'until',
}

/** Severities, least first: what `severity:>=high` compares. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** What is wrong with a search, and where: a person's mistake, to be shown at its place. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  /** Index of the first wrong character, and how many are. */
  readonly position: number
  readonly length: number

  constructor(message: string, position: number, length: number) {
    super(message)
    this.position = position
    this.length = length
  }
}

/** Names of a flow that `name:` and a bare word search: of what was asked for, and what its devices call themselves in it. */
export const NAMED = ['remoteName', 'dnsQuery', 'tlsSni', 'httpHost', 'dhcpHost', 'srcHostName', 'dstHostName'] as const
