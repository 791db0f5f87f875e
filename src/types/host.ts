/** What a host does on the network, inferred from its flows; `scanner` only by configuration, so nobody can earn it. */
export const ROLES = [
  'unknown',
  'client',
  'server',
  'iot',
  'resolver',
  'time-server',
  'gateway',
  'scanner',
  'broadcast-talker',
  'broadcast',
  'multicast',
] as const
export type Role = (typeof ROLES)[number]

/** What a host's own baseline is kept of, one histogram each; the last three describe it as a destination. */
export const QUANTITIES = [
  'bytes_out_60s',
  'bytes_in_60s',
  'flows_60s',
  'fanout_60s',
  'ports_60s',
  'failed_60s',
  'queries_60s',
  'pair_bytes_out_1h',
  'payload_out',
  'served_flows_60s',
  'served_fanin_60s',
  'served_bytes_out_60s',
] as const
export type Quantity = (typeof QUANTITIES)[number]

/** What is normal for the host at hand (source, or destination for `served_` quantities), from the minutes learned of it. */
export interface Baseline {
  /** Active minutes learned from; 0 when nothing is known yet. */
  minutes(quantity: Quantity): number
  /** Seconds from the first minute learned to this flow; at most the histograms' memory, 8 days. */
  age(quantity: Quantity): number
  /** The value which a share `q` of the host's active minutes stayed at or below, to within a factor 1.42; 0 when unknown. */
  quantile(quantity: Quantity, q: number): number
  /** Share of the host's active minutes that reached this flow's value or more, smoothed to (0, 1]; 1 when unknown. */
  tail(quantity: Quantity): number
}

/** The last connections of (source, destination, port, protocol), kept where the destination is outside. */
export interface BeaconSeries {
  /** Connections seen so far of this flow's kind; 0 when no series is kept for it. */
  readonly connections: number
  /** Seconds from the first start held to each start, ascending, once `read`. */
  readonly starts: Float64Array
  /** Bytes the source sent in each, in the same order, once `read`. */
  readonly sizes: Float64Array
  /** Fills `starts` and `sizes` with the newest connections, at most 48; returns how many. */
  read(): number
}

/**
 * What is known about the two ends of the flow at hand, this flow included. One object is reused for every flow.
 *
 * Windows slide in four steps: `60s` covers the last 45 to 60 s, `10m` 7.5 to 10 min, `1h` 45 to 60 min, up to the newest
 * packet of that host or pair. Connections count once, in their first slice; bytes and packets count in every slice.
 * A window counts 65,535 flows in each of its steps at most. Distinct counts are exact up to 8 (pairs: 4) and good to 5 % at 1,000; they stop at 3,549.
 */
export interface HostContext {
  /** Shannon entropy, bits, of the addresses seen as source (destination) in the last 256 flows of the whole network. */
  srcEntropy: number
  dstEntropy: number
  /** The same of destination ports. */
  portEntropy: number
  /** Seconds since the first flow of all. */
  networkAge: number
  /** Local hosts known. */
  localHosts: number

  srcRole: Role
  dstRole: Role
  /** The source was seen to answer by DHCP: it asks whether an address is free before it gives it away (RFC 2131, 2.2). */
  srcGivesAddresses: boolean
  srcLocal: boolean
  dstLocal: boolean
  dstBroadcastOrMulticast: boolean
  /** Number of the device behind the address: the same for all addresses of one MAC; 0 where no link shows one. */
  srcDevice: number
  dstDevice: number
  /** First flow ever of this device (of this address, where no link shows a device). */
  srcNew: boolean
  dstNew: boolean
  /** First flow ever from this source to this destination. */
  newPair: boolean
  /** Seconds since first seen. */
  srcAge: number
  dstAge: number
  pairAge: number
  /** Distinct local hosts that ever talked to the destination, and their share of all local hosts. */
  dstTalkers: number
  dstPrevalence: number
  /** Distinct link addresses that claimed the source address, and whether this flow's is another than the one before. */
  srcMacs: number
  srcMacChanged: boolean
  /** The source, on our own link, sends to addresses elsewhere through another link address than before. */
  srcHopChanged: boolean
  /** Local addresses the source's MAC has claimed by ARP. */
  srcMacAddresses: number

  srcFlows60s: number
  srcFlows1h: number
  /** Refused, unanswered or reset before any payload. */
  srcFailed60s: number
  srcFailed1h: number
  /** TCP that never got beyond the originator's SYN. */
  srcHalfOpen60s: number
  /** At most three packets in all. */
  srcTiny60s: number
  /** Distinct destinations, broadcast and multicast left out. */
  srcFanout60s: number
  srcFanout1h: number
  /** Distinct destination ports (TCP and UDP apart). */
  srcPorts60s: number
  srcPorts1h: number
  /** Distinct (destination, port) among failed flows. */
  srcFailedTargets60s: number
  srcFailedTargets1h: number
  srcPacketsOut60s: number
  srcPacketsIn60s: number
  /** Sent and received by the source host in all its flows, whoever opened them. */
  srcBytesOut60s: number
  srcBytesIn60s: number
  srcBytesOut1h: number
  /** DNS questions, distinct names in them, and answers that there is no such name. */
  srcQueries60s: number
  srcNames60s: number
  srcNames1h: number
  srcNxdomain60s: number
  srcNxdomain1h: number
  srcArpTargets60s: number

  dstFlows60s: number
  dstFailed60s: number
  dstHalfOpen60s: number
  /** Distinct sources. */
  dstFanin60s: number
  /** Distinct ports asked for at the destination, by anybody. */
  dstPorts60s: number
  dstPacketsIn60s: number
  dstBytesIn60s: number
  dstBytesOut60s: number

  pairFlows60s: number
  pairFlows10m: number
  pairFlows1h: number
  pairFailed10m: number
  pairPorts60s: number
  /** Source to destination. */
  pairBytesOut1h: number

  /** The two hosts' own normal. */
  baseline: Baseline
  /** This flow's place in each histogram of `QUANTITIES`: copy it to have `learn` take it in later. */
  readonly bins: Uint8Array
  beacon: BeaconSeries
}

/** What a device calls itself, and in which protocol it says so. */
export interface DeviceName {
  name: string
  by: 'dhcp' | 'mdns' | 'llmnr' | 'netbios' | 'ssdp'
}

/** A host as a person sees it in a list. */
export interface HostView {
  address: string
  role: Role
  local: boolean
  /** Null where no link shows it. */
  mac: string | null
  /** What the device calls itself; absent where it did not say. */
  name?: string
  /** How it said so. */
  namedBy?: DeviceName['by']
  /** Epoch seconds. */
  firstSeen: number
  lastSeen: number
  flows: number
}

/** What is known of the network at large. */
export interface NetworkView {
  /** CIDR blocks taken as local, configured or inferred. */
  localNetworks: { block: string; why: 'configured' | 'private' | 'inferred' }[]
  localHosts: number
  hosts: number
  /** Local hosts first, then by flows, at most as many as asked for. */
  list: HostView[]
}
