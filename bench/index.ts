/** A claim and the file beside this one, of the same name, that measures it. */
export interface Benchmark {
  name: string
  claim: string
}

/** All of them, in the order of a flow's life. */
export const BENCHMARKS: readonly Benchmark[] = [
  { name: 'decode', claim: 'What a packet costs on its way from a capture file to flow records.' },
  { name: 'flow-table', claim: 'What a packet costs in the flow table, with few, many and very many flows open.' },
  { name: 'concurrent', claim: 'With 1 M connections open a packet costs at most twice what it does with 100 k.' },
  { name: 'collisions', claim: 'Flow keys chosen to collide cost at most twice what random ones do.' },
  {
    name: 'collect',
    claim: 'What a record of an export costs to its joined flow, and what a UDP socket takes without loss.',
  },
  {
    name: 'growth',
    claim: 'Twice the input takes a reader at most four times as long, whatever is in it, and a MiB of a log 0.2 s.',
  },
  { name: 'hosts', claim: 'What a flow costs in the hosts stage, with few and very many hosts.' },
  { name: 'state', claim: 'What is known of 20,000 hosts and learned of them takes at most 64 MB.' },
  { name: 'rules', claim: 'What all rules cost a flow.' },
  { name: 'models', claim: 'What a flow costs in features, models, learning and fusion.' },
  {
    name: 'forest',
    claim: 'A forest of 100 trees x 256 rows: scoring, growing, replacing a tree; and what scikit-learn takes.',
  },
  { name: 'incidents', claim: 'What an anomalous flow costs on its way into an incident.' },
  { name: 'flow', claim: 'All detection of a flow takes at most 25 us, and 1 ms of one in a thousand.' },
  { name: 'whole', claim: 'Capture to verdicts whole: a packet, a flow, memory.' },
  { name: 'peers', claim: 'The same capture through this program and through the flow meters found here, in turn.' },
  { name: 'start', claim: 'The page is served within 1.5 s of `nads start`; idle it takes little.' },
  { name: 'fan-out', claim: 'A hundred pages at 5,000 flows a second take the server less than half a core.' },
  { name: 'latency', claim: 'How long an incident takes to the page once the record that completes it is there.' },
  { name: 'length', claim: 'Memory is the same however long the input is, once the tables have reached their caps.' },
  { name: 'store', claim: 'What the history takes a second, and how long a person waits at 10 million flows kept.' },
  { name: 'slow-clients', claim: 'What 50 pages that do not read cost the server and a page that does.' },
  { name: 'page', claim: 'The Overview under 5,000 flows a second for a minute: its main thread, its memory.' },
]
