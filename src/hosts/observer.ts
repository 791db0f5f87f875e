import { createWordHash } from '../math/hash.ts'
import { logBin } from '../math/log-bins.ts'
import { scramble } from '../math/scramble.ts'
import { SlidingEntropy } from '../math/sliding-entropy.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { HostContext } from '../types/host.ts'
import { Beacons } from './beacons.ts'
import { createHostContext } from './context.ts'
import { Counting } from './counting.ts'
import { DeviceNames } from './device-names.ts'
import { Devices } from './devices.ts'
import { Ends } from './ends.ts'
import { FlowClock } from './flow-clock.ts'
import { tellNoDestination } from './host-windows.ts'
import { GIVES_ADDRESSES, LOCAL, ON_LINK } from './identities.ts'
import { Networks, parseBlocks } from './networks.ts'
import { ANSWERED, FAILED, outcomeOf } from './outcome.ts'
import { Pairs } from './pairs.ts'
import { Population } from './population.ts'
import { ORIGINATED, SERVED, SERVED_DNS, SERVED_TIME, TO_GROUP } from './roles.ts'

const ENTROPY_WINDOW = 256
const DNS_PORT = 53
const NTP_PORT = 123
/** Where servers of DHCP listen and send from, and where clients do. */
const [DHCP_SERVER, DHCP_CLIENT] = [67, 68]
/** NTP messages have 48 bytes and at most a few short extensions (RFC 5905). */
const NTP_LENGTH = [48, 128] as const

export interface ObserverOptions {
  seed: number
  localNetworks: readonly string[]
  scanners: readonly string[]
  maxHosts: number
  maxPairs: number
  maxBeacons: number
  maxBaselines: number
  maxDevices: number
  maxBitmaps: number
}

/** Keeps what is known of hosts, flow by flow, and tells it in one reused context. */
export class Observer {
  readonly deviceNames = new DeviceNames()
  readonly context: HostContext
  readonly clock = new FlowClock()
  readonly population: Population
  readonly pairs: Pairs
  readonly beacons: Beacons
  readonly devices: Devices
  readonly networks: Networks
  readonly ends: Ends
  readonly counting: Counting
  private readonly sources = new SlidingEntropy(ENTROPY_WINDOW)
  private readonly destinations = new SlidingEntropy(ENTROPY_WINDOW)
  private readonly ports = new SlidingEntropy(ENTROPY_WINDOW)
  private readonly key = new Int32Array(2)
  private readonly isRouter = (mac: number): boolean => this.devices.isRouterMac(mac)

  constructor(options: ObserverOptions) {
    const hash = createWordHash({ key0: options.seed | 0, key1: ~options.seed })
    this.networks = new Networks(options.localNetworks)
    const isScanner = parseBlocks(options.scanners, 'scanners')
    this.context = createHostContext()
    this.beacons = new Beacons(options.maxBeacons)
    this.population = new Population(options, this.networks, isScanner, this.context.bins)
    this.context.baseline = this.population.baselines
    this.context.beacon = this.beacons
    this.pairs = new Pairs(options.maxPairs)
    this.devices = new Devices(options.maxDevices, hash)
    this.ends = new Ends(this.population, this.devices, this.networks, hash)
    this.counting = new Counting(this.population, this.pairs, options.seed)
  }

  observe(flow: FlowRecord): HostContext {
    const { context, ends, counting } = this
    let time = this.clock.at(flow.last)
    if (time < 0) {
      this.resetWindows()
      time = this.clock.at(flow.last)
    }
    ends.resolve(flow, time, context)
    if (flow.names !== null) this.deviceNames.observe(flow, this.isRouter)
    this.tellNetwork(flow, time)
    const isFirst = flow.slice === 0
    const outcome = ends.isArp ? 0 : outcomeOf(flow)
    counting.carry(flow, ends, time)
    if (ends.isArp) counting.countArp(ends, time)
    else {
      if (isFirst) this.countConnection(flow, time, outcome)
      counting.countNames(flow, ends, time)
    }
    this.tellPair(flow, time, outcome)
    this.tellBeacon(flow)
    this.tellHosts(flow, time)
    return context
  }

  /** Teaches both ends' baselines; hosts elsewhere only where none are known to be ours. */
  learn(address: Int32Array, bins: Uint8Array, time: number): void {
    const { baselines } = this.population
    const source = this.ends.find(address, 0)
    const destination = this.ends.find(address, 4)
    if (this.isOurs(source)) baselines.learnSource(source, bins, time)
    if (this.isOurs(destination)) baselines.learnDestination(destination, bins, time)
  }

  /** Evictions, refusals and sizes, by name. */
  counters(): Record<string, number> {
    const { population, pairs, beacons, devices, clock, counting } = this
    return {
      hosts: population.table.size,
      hosts_evicted: population.table.evicted,
      hosts_local: population.identities.localAlive,
      pairs: pairs.table.size,
      pairs_evicted: pairs.table.evicted,
      beacons: beacons.table.size,
      beacons_evicted: beacons.table.evicted,
      devices: devices.size,
      devices_evicted: devices.evicted,
      devices_named: this.deviceNames.size,
      device_names_evicted: this.deviceNames.evicted,
      baselines: population.baselines.size,
      baselines_refused: population.baselines.refused,
      distinct_refused: population.windows.distinct.refused + pairs.refused,
      late: counting.late,
      clock_set_back: clock.steps,
    }
  }

  /** Bytes of all tables. */
  get bytes(): number {
    return this.population.bytes + this.pairs.bytes + this.beacons.table.bytes + this.devices.bytes
  }

  private isOurs(row: number): boolean {
    const { identities } = this.population
    return row >= 0 && (identities.localAlive === 0 || identities.has(row, LOCAL))
  }

  private countConnection(flow: FlowRecord, time: number, outcome: number): void {
    const { ends, counting, population } = this
    const { identities, roles } = population
    identities.countFlow(ends.source)
    // A multicast has no answer to wait for.
    counting.countSource(ends, time, ends.destination < 0 ? 0 : outcome)
    if (ends.destination < 0) roles.note(ends.source, TO_GROUP)
    else {
      identities.countFlow(ends.destination)
      counting.countDestination(flow, ends, time, outcome)
      if (outcome & ANSWERED && !(outcome & FAILED)) this.noteServed(flow, ends.destination)
    }
    if (isOffer(flow)) identities.mark(ends.source, GIVES_ADDRESSES)
    if (roles.note(ends.source, ORIGINATED)) this.review(ends.source)
  }

  private noteServed(flow: FlowRecord, row: number): void {
    const { identities, roles } = this.population
    if (flow.service === 'dns' && flow.dstPort === DNS_PORT) roles.note(row, SERVED_DNS)
    if (flow.dstPort === DHCP_SERVER && flow.protocol === PROTOCOL.udp) identities.mark(row, GIVES_ADDRESSES)
    if (isTimeQuery(flow)) roles.note(row, SERVED_TIME)
    if (roles.note(row, SERVED)) this.review(row)
  }

  private review(row: number): void {
    const { identities } = this.population
    const onLink = identities.has(row, ON_LINK)
    this.population.review(row, onLink && this.devices.isRouterMac(identities.mac(row)))
  }

  private tellNetwork(flow: FlowRecord, time: number): void {
    const { context, ends, population } = this
    context.srcEntropy = this.sources.push(ends.sourceKey[0]!)
    context.dstEntropy = this.destinations.push(ends.destinationKey[0]!)
    context.portEntropy = this.ports.push(flow.dstPort)
    context.networkAge = Math.max(0, time - this.clock.started)
    context.localHosts = population.identities.localAlive
  }

  private tellPair(flow: FlowRecord, time: number, outcome: number): void {
    const { context, ends, pairs, key, population } = this
    if (ends.destination < 0 || ends.isArp) {
      context.newPair = false
      pairs.tellNothing(context)
      return
    }
    // The hosts' keys are keyed hashes already: nobody can choose pairs that collide.
    key[0] = scramble(ends.sourceKey[0]!, ends.destinationKey[1]!)
    key[1] = scramble(ends.destinationKey[0]!, ends.sourceKey[1]!)
    const pair = pairs.claim(key[0]!, key[1]!, time)
    context.newPair = pairs.table.created
    if (context.newPair && context.srcLocal) population.identities.countTalker(ends.destination)
    if (flow.slice === 0) this.counting.countPair(flow, pair, time, outcome)
    pairs.carry(pair, time, flow.forward.bytes)
    pairs.tell(pair, context)
  }

  private tellBeacon(flow: FlowRecord): void {
    const { context, ends, beacons, key } = this
    if (context.dstLocal || ends.isArp || flow.slice > 0 || !(flow.opened >= 0)) {
      beacons.showNothing()
      return
    }
    const service = (flow.protocol << 16) | flow.dstPort
    beacons.add(scramble(key[0]!, service), scramble(key[1]!, ~service), flow.opened, flow.forward.bytes)
  }

  private tellHosts(flow: FlowRecord, time: number): void {
    const { context, ends, population } = this
    const { identities, roles, windows, baselines } = population
    const { source, destination } = ends
    context.srcRole = roles.of(source)
    context.srcGivesAddresses = identities.has(source, GIVES_ADDRESSES)
    if (destination >= 0) context.dstRole = roles.of(destination)
    context.dstTalkers = destination < 0 ? 0 : identities.talkers(destination)
    context.dstPrevalence = Math.min(1, context.dstTalkers / Math.max(1, identities.localAlive))
    windows.tellSource(source, population.lastBucket(source), context)
    if (destination >= 0) windows.tellDestination(destination, population.lastBucket(destination), context)
    else tellNoDestination(context)
    baselines.look(source, destination, time)
    fillBins(flow, context)
  }

  private resetWindows(): void {
    this.population.resetWindows(this.clock.now)
    this.pairs.resetWindows(this.clock.now)
    this.devices.resetWindows()
  }
}

/** In the order of `QUANTITIES`. */
function fillBins({ forward }: FlowRecord, context: HostContext): void {
  const { bins } = context
  bins[0] = logBin(context.srcBytesOut60s)
  bins[1] = logBin(context.srcBytesIn60s)
  bins[2] = logBin(context.srcFlows60s)
  bins[3] = logBin(context.srcFanout60s)
  bins[4] = logBin(context.srcPorts60s)
  bins[5] = logBin(context.srcFailed60s)
  bins[6] = logBin(context.srcQueries60s)
  bins[7] = logBin(context.pairBytesOut1h)
  bins[8] = logBin(forward.payload)
  bins[9] = logBin(context.dstFlows60s)
  bins[10] = logBin(context.dstFanin60s)
  bins[11] = logBin(context.dstBytesOut60s)
}

/** A server of DHCP tells a client (RFC 2131, 4.1), which may have no address to ask from. */
function isOffer({ protocol, srcPort, dstPort }: FlowRecord): boolean {
  return protocol === PROTOCOL.udp && srcPort === DHCP_SERVER && dstPort === DHCP_CLIENT
}

function isTimeQuery({ protocol, dstPort, forward, reverse }: FlowRecord): boolean {
  if (protocol !== PROTOCOL.udp || dstPort !== NTP_PORT) return false
  const [least, most] = NTP_LENGTH
  const asked = forward.payload / forward.packets
  const told = reverse.payload / reverse.packets
  return asked >= least && asked <= most && told >= least && told <= most
}
