/** Columns of CICFlowMeter that are read, as `canonical` writes their names. */
export const COLUMNS = [
  'source ip',
  'source port',
  'destination ip',
  'destination port',
  'protocol',
  'timestamp',
  'flow duration',
  'total fwd packet',
  'total bwd packet',
  'total length fwd packet',
  'total length bwd packet',
  'fwd header length',
  'bwd header length',
  'fwd packet length min',
  'fwd packet length max',
  'fwd packet length std',
  'bwd packet length min',
  'bwd packet length max',
  'bwd packet length std',
  'fwd iat min',
  'fwd iat max',
  'fwd iat mean',
  'fwd iat std',
  'bwd iat min',
  'bwd iat max',
  'bwd iat mean',
  'bwd iat std',
  'fwd psh flag',
  'bwd psh flag',
  'fwd urg flag',
  'bwd urg flag',
  'fin flag count',
  'rst flag count',
  'label',
] as const

export type Column = (typeof COLUMNS)[number]

/** Without these nothing can be said of who did what when: copies published without addresses or times cannot be judged. */
export const NEEDED: readonly Column[] = [
  'source ip',
  'source port',
  'destination ip',
  'destination port',
  'protocol',
  'timestamp',
  'flow duration',
  'total fwd packet',
  'total bwd packet',
  'total length fwd packet',
  'total length bwd packet',
]

const WORDS: ReadonlyMap<string, string> = new Map([
  ['src', 'source'],
  ['dst', 'destination'],
  ['tot', 'total'],
  ['totlen', 'total length'],
  ['len', 'length'],
  ['pkt', 'packet'],
  ['pkts', 'packet'],
  ['packets', 'packet'],
  ['backward', 'bwd'],
  ['forward', 'fwd'],
  ['flags', 'flag'],
  ['cnt', 'count'],
  ['of', ''],
])

/** One spelling for all there were: `Total Length of Fwd Packets`, `TotLen Fwd Pkts`, `totlen_fwd_pkts`. */
export function canonical(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/)
  return words
    .map((word) => WORDS.get(word) ?? word)
    .filter((word) => word !== '')
    .join(' ')
}
