import type { KeptFlow } from '../../../../src/types/history.ts'
import { bytes, count, endpoint, score, time } from '../../format.ts'
import { nameOf } from './names.ts'

export interface Column {
  title: string
  /** Of the whole table, or pixels. */
  width: string
  /** Field of the search this column asks, what its filter shows, and the value a click on a cell asks for. */
  field?: string
  hint?: string
  value?: (flow: KeptFlow) => string
  text: (flow: KeptFlow) => string
  right?: boolean
  /** Shown only when asked for. */
  extra?: true
}

/** Shown where a flow came in a tunnel. */
export const TUNNEL: Column = {
  title: 'Tunnel',
  width: '250px',
  field: 'tunnel',
  hint: 'vxlan',
  value: (flow) => flow.tunnel ?? '',
  text: (flow) => flow.tunnel ?? '',
}

/** Columns of the table of flows. */
export const COLUMNS: readonly Column[] = [
  { title: 'Time', width: '132px', field: 'last', hint: '24h', text: (flow) => time(flow.time) },
  {
    title: 'Source',
    width: '11%',
    field: 'src',
    hint: '10.0.0.0/8',
    value: (flow) => flow.source,
    text: (flow) => flow.source,
  },
  {
    title: 'Destination',
    width: '13%',
    field: 'dst',
    hint: 'address',
    value: (flow) => flow.destination,
    text: (flow) => {
      const { address, port } = endpoint(flow.destination, flow.dstPort, flow.protocol.toUpperCase())
      return address + port
    },
  },
  {
    title: 'Port',
    width: '76px',
    field: 'port',
    hint: '>1024',
    value: (flow) => String(flow.dstPort),
    text: (flow) => String(flow.dstPort),
    right: true,
  },
  {
    title: 'Protocol',
    width: '84px',
    field: 'protocol',
    hint: 'tcp',
    value: (flow) => flow.protocol,
    text: (flow) => flow.protocol,
  },
  {
    title: 'Service',
    width: '84px',
    field: 'service',
    hint: 'dns',
    value: (flow) => flow.service,
    text: (flow) => flow.service,
  },
  { title: 'Name', width: '12%', field: 'name', hint: 'example', value: nameOf, text: nameOf },
  {
    title: 'Packets',
    width: '84px',
    field: 'packets',
    hint: '>100',
    text: (flow) => count(flow.packetsOut + flow.packetsIn),
    right: true,
  },
  {
    title: 'Bytes',
    width: '88px',
    field: 'bytes',
    hint: '>1MB',
    text: (flow) => bytes(flow.bytesOut + flow.bytesIn),
    right: true,
  },
  {
    title: 'Found by',
    width: '88px',
    field: 'method',
    hint: 'hybrid',
    value: (flow) => flow.method.toLowerCase(),
    text: (flow) => (flow.method === 'Normal' ? '–' : flow.method),
  },
  {
    title: 'Kind',
    width: '8%',
    field: 'type',
    hint: 'scan',
    value: (flow) => flow.type ?? '',
    text: (flow) => flow.type ?? '',
  },
  {
    title: 'Community ID',
    width: '236px',
    extra: true,
    text: (flow) => flow.communityId,
  },
  {
    title: 'JA3',
    width: '236px',
    extra: true,
    text: ({ names }) => names?.tlsJa3 ?? '',
  },
  {
    title: 'JA4',
    width: '258px',
    extra: true,
    text: ({ names }) => names?.tlsJa4 ?? '',
  },
  { title: 'Score', width: '72px', field: 'score', hint: '>0.9', text: (flow) => score(flow.score), right: true },
]
