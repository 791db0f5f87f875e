import { formatAddress } from '../net/address.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import type { Basis } from '../types/basis.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Incident } from '../types/incident.ts'
import { type Finding, LEVELS, type Level, type Otherwise, type Reason, type Verdict } from '../types/verdict.ts'
import { createClaims } from './claims.ts'
import { addressKey, createMembers, type Members } from './members.ts'
import { emptyStory, remember, tell } from './story.ts'

export const UNCLASSIFIED = 'Unclassified anomaly'

export interface CorrelateOptions {
  /** Seconds without a new flow after which an incident is over and the same again is a new one. */
  quiet: number
  /** Open incidents at most; at the cap the one that was quiet longest ends. */
  cap: number
  /** Ended incidents kept at most, oldest forgotten first. */
  history: number
  /** Incidents there were before this run, so that no id is given twice. Default: 0. */
  before?: number
  /** Called when an incident is opened, and whenever its numbers have grown by a quarter or its nature changed. */
  onChange?: (incident: Incident) => void
}

/** One anomalous flow with all that was found in it. `explain` is called only when the reasons are wanted. */
export interface Anomaly {
  flow: FlowRecord
  /** Clock of the traffic when it was judged, epoch seconds. */
  now: number
  verdict: Verdict
  findings: readonly Finding[]
  /** Which host leads it where no finding says so. Default: source. */
  by?: 'source' | 'target'
  explain(): Reason[]
  /** What would not have alerted, and all it takes to judge the flow again: called only when it opens an incident. */
  otherwise?(): Otherwise | null
  basis?(): Basis
}

export interface Correlator {
  /** Counts a flow in the incident of its type and leader, which it opens when there is none. */
  add(anomaly: Anomaly): Incident
  /**
   * Counts a flow in the open incident that one of its two hosts leads, or whose only other side it was within the last
   * minute; null when there is none.
   */
  attach(anomaly: Anomaly): Incident | null
  /**
   * Turns the open incidents that no rule has a part in into one of this type that nobody leads: the oldest lives on as it,
   * the others end. Whether there is one now.
   */
  fold(anomaly: Anomaly, type: string): boolean
  /** Whether the host at `words[offset]` leads an open incident. */
  leads(words: Int32Array, offset: number): boolean
  /** Ends what has been quiet, by the clock of the traffic (epoch seconds). */
  advance(time: number): void
  /** All incidents kept, in the order they were opened. */
  list(): Incident[]
  counters(): Record<string, number>
}

interface Open {
  key: string
  incident: Incident
  sources: Members
  targets: Members
  ports: Set<number>
  by: 'source' | 'target' | 'network'
  /** Address key; NaN where it is the network's as a whole. */
  leader: number
  leaderText: string
  /** Address key of the only host on the other side, so long as there is only one; NaN else. */
  other: number
  /** What the first target was asked for by; empty when that is not known. */
  targetName: string
  nextReport: number
}

const REASONS = 8
/** Characters of a name in a title. */
const NAME_MAX = 80
/** Ports shown, and protocols that have some. */
const PORTS = 100
const PORTED = new Set<number>([PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp])
/** Nothing is certain. */
const MOST = 0.99
/** Types that tell of the same thing: a host's beacons are part of what controls it. */
const SAME: Readonly<Record<string, string>> = { Beacon: 'Malware C&C' }
/** Types that accuse nobody: their hosts are learned from, and what else they do is no part of it. */
const HARMLESS = new Set(['New Device'])
/** Types whose source is not who it says it is. */
const FORGED = new Set(['ARP Spoofing'])
/** Ended incidents whose stories are kept. */
const STORIES = 500
/** Growth of an incident after which its reasons are drawn anew, so that their numbers keep up with it. */
const REDRAWN = 1.25
/** Seconds after an attack in which what it did is still part of what is counted of its victim. */
const AFTERMATH = 60
/** Where the words of each end begin in FlowRecord.address. */
const SOURCE = 0
const TARGET = 4

/** Joins anomalous flows of one attack: the same type led by the same host, with no gap longer than `quiet`. */
export function createCorrelator(options: CorrelateOptions): Correlator {
  const open = new Map<string, Open>()
  /** The incident each host opened last, by address key. */
  const leaders = new Map<number, Open>()
  /** The incident each host is the only other side of, by address key. */
  const others = new Map<number, Open>()
  const claims = createClaims<Open>()
  let ended: Incident[] = []
  let opened = options.before ?? 0
  let forgotten = 0
  let evicted = 0
  let swept = 0

  const end = (key: string, entry: Open): void => {
    open.delete(key)
    if (leaders.get(entry.leader) === entry) leaders.delete(entry.leader)
    if (others.get(entry.other) === entry) others.delete(entry.other)
    claims.forget(entry)
    const incident = titled(entry)
    options.onChange?.(incident)
    ended.push(incident)
    const old = ended.at(-1 - STORIES)
    if (old !== undefined) delete old.story
    if (ended.length < options.history * 2) return
    forgotten += ended.length - options.history
    ended = ended.slice(-options.history)
  }

  const start = (key: string, anomaly: Anomaly, type: string, by: Open['by']): Open => {
    if (open.size >= options.cap) {
      const [quietest] = [...open].sort(([, a], [, b]) => a.incident.lastSeen - b.incident.lastSeen)
      evicted++
      end(quietest![0], quietest![1])
    }
    opened++
    const sources = createMembers()
    const targets = createMembers()
    const incident = emptyIncident(`nads-${String(opened).padStart(6, '0')}`, type, anomaly, sources, targets)
    const ports = new Set<number>()
    const entry: Open = {
      key,
      incident,
      sources,
      targets,
      ports,
      by,
      leader: Number.NaN,
      leaderText: '',
      other: Number.NaN,
      targetName: '',
      nextReport: 1,
    }
    includeBeginning(entry, anomaly.findings[0])
    lead(entry, key, anomaly, by)
    incident.otherwise = anomaly.otherwise?.() ?? null
    if (incident.story !== undefined) incident.story.basis = anomaly.basis?.() ?? null
    return entry
  }

  /** Opens `entry` under another key, led by an end of the flow or by nobody. */
  const lead = (entry: Open, key: string, { flow }: Anomaly, by: Open['by']): void => {
    const side = by === 'target' ? TARGET : SOURCE
    open.delete(entry.key)
    if (leaders.get(entry.leader) === entry) leaders.delete(entry.leader)
    entry.key = key
    entry.by = by
    const led = by !== 'network' && !HARMLESS.has(entry.incident.type)
    entry.leader = led ? addressKey(flow.address, side) : Number.NaN
    entry.leaderText = formatAddress(flow.address, side)
    open.set(key, entry)
    if (led) leaders.set(entry.leader, entry)
  }

  /** What the model found first and could not name is the same attack, now with a name: undefined when there is none. */
  const name = (key: string, anomaly: Anomaly, finding: Finding, by: Open['by']): Open | undefined => {
    const { address, first } = anomaly.flow
    const entry = leaders.get(addressKey(address, SOURCE)) ?? leaders.get(addressKey(address, TARGET))
    if (entry?.incident.type !== UNCLASSIFIED || first - entry.incident.lastSeen > options.quiet) return undefined
    entry.incident.type = finding.type
    entry.nextReport = 0
    includeBeginning(entry, finding)
    lead(entry, key, anomaly, by)
    return entry
  }

  /** Notes who is the only other side, or that there is more than one. */
  const face = (entry: Open, { address }: FlowRecord): void => {
    if (others.get(entry.other) === entry) others.delete(entry.other)
    const side = entry.by === 'target' ? SOURCE : TARGET
    const { count } = side === SOURCE ? entry.sources : entry.targets
    entry.other = count === 1 && !HARMLESS.has(entry.incident.type) ? addressKey(address, side) : Number.NaN
    if (count === 1) others.set(entry.other, entry)
  }

  const recent = (key: number, { first }: FlowRecord): Open | undefined => {
    const entry = others.get(key)
    return entry !== undefined && first - entry.incident.lastSeen <= AFTERMATH ? entry : undefined
  }

  const count = (entry: Open, anomaly: Anomaly): Incident => {
    absorb(entry, anomaly)
    face(entry, anomaly.flow)
    if (entry.incident.flows >= entry.nextReport) report(entry, anomaly, options.onChange)
    return entry.incident
  }

  return {
    add(anomaly) {
      const { flow } = anomaly
      const finding = anomaly.findings[0]
      const type = finding?.type ?? UNCLASSIFIED
      const by = finding?.by ?? anomaly.by ?? 'source'
      const side = by === 'target' ? TARGET : SOURCE
      const key =
        by === 'network' ? networkKey(type) : `${SAME[type] ?? type}|${side}|${formatAddress(flow.address, side)}`
      let entry = open.get(key) ?? claims.find(type, flow)
      if (entry !== undefined && flow.first - entry.incident.lastSeen > options.quiet) {
        end(entry.key, entry)
        entry = undefined
      }
      if (entry === undefined && finding !== undefined && !HARMLESS.has(type)) entry = name(key, anomaly, finding, by)
      entry ??= start(key, anomaly, type, by)
      claims.note(type, flow, entry)
      return count(entry, anomaly)
    },
    attach(anomaly) {
      const { address, first } = anomaly.flow
      const [source, target] = [addressKey(address, SOURCE), addressKey(address, TARGET)]
      const led = leaders.get(source) ?? leaders.get(target)
      if (led !== undefined && first - led.incident.lastSeen <= options.quiet) return count(led, anomaly)
      const entry = recent(source, anomaly.flow) ?? recent(target, anomaly.flow)
      if (entry === undefined) return null
      return count(entry, anomaly)
    },
    fold(anomaly, type) {
      const key = networkKey(type)
      for (const [old, entry] of open) {
        if (old === key || entry.incident.method !== 'ML') continue
        if (open.has(key)) {
          end(old, entry)
          continue
        }
        entry.incident.type = type
        entry.nextReport = 0
        lead(entry, key, anomaly, 'network')
      }
      return open.has(key)
    },
    leads: (words, offset) => leaders.size > 0 && leaders.has(addressKey(words, offset)),
    advance(time) {
      if (time - swept < options.quiet / 10) return
      swept = time
      for (const [key, entry] of open) if (time - entry.incident.lastSeen > options.quiet) end(key, entry)
    },
    list: () => [...ended, ...[...open.values()].map(titled)].sort(byAge),
    counters: () => ({ open: open.size, evicted, forgotten }),
  }
}

/** An incident begins with its evidence, not with the flow that completed it. */
function includeBeginning({ incident, sources, targets }: Open, finding: Finding | undefined): void {
  if (finding?.since === undefined) return
  const { time, address } = finding.since
  incident.firstSeen = Math.min(incident.firstSeen, time)
  sources.add(address, SOURCE)
  targets.add(address, TARGET)
}

function emptyIncident(
  id: string,
  type: string,
  { flow, verdict, now }: Anomaly,
  sources: Members,
  targets: Members,
): Incident {
  return {
    id,
    type,
    title: type,
    severity: 'low',
    confidence: 0,
    score: 0,
    method: verdict.method === 'Normal' ? 'ML' : verdict.method,
    attack: [],
    sources: sources.shown,
    targets: targets.shown,
    sourceCount: 0,
    targetCount: 0,
    ports: [],
    portCount: 0,
    firstSeen: flow.first,
    lastSeen: flow.last,
    detectedAt: now,
    flows: 0,
    packets: 0,
    bytes: 0,
    reasons: [],
    otherwise: null,
    response: '',
    story: emptyStory(),
  }
}

function absorb(entry: Open, anomaly: Anomaly): void {
  const { flow, verdict, findings } = anomaly
  const { incident, sources, targets } = entry
  sources.add(flow.address, 0)
  targets.add(flow.address, 4)
  if (targets.count === 1 && entry.targetName === '')
    entry.targetName = flow.names?.remoteName?.slice(0, NAME_MAX) ?? ''
  incident.sourceCount = sources.count
  incident.targetCount = targets.count
  includePort(entry, flow)
  incident.firstSeen = Math.min(incident.firstSeen, flow.first)
  incident.lastSeen = Math.max(incident.lastSeen, flow.last)
  incident.flows++
  incident.packets += flow.forward.packets + flow.reverse.packets
  incident.bytes += flow.forward.bytes + flow.reverse.bytes
  incident.score = Math.max(incident.score, verdict.confidence)
  incident.confidence = Math.max(incident.confidence, Math.min(MOST, verdict.score))
  const method = join(incident.method, verdict.method)
  if (method !== incident.method) entry.nextReport = 0
  incident.method = method
  for (const finding of findings) adopt(incident, finding)
  if (findings.length === 0) incident.severity = worse(incident.severity, verdict.confidence > 0.95 ? 'medium' : 'low')
  if (incident.story !== undefined) remember(incident.story, anomaly, incident.type)
}

function includePort({ incident, ports }: Open, { protocol, dstPort }: FlowRecord): void {
  if (!PORTED.has(protocol) || ports.has(dstPort)) return
  ports.add(dstPort)
  incident.portCount = ports.size
  if (incident.ports.length < PORTS) incident.ports.push(dstPort)
}

/** Takes over what a rule says of the same attack. */
function adopt(incident: Incident, { type, level, attack, response }: Finding): void {
  if ((SAME[type] ?? type) !== (SAME[incident.type] ?? incident.type)) return
  incident.severity = worse(incident.severity, level)
  for (const id of attack) if (!incident.attack.includes(id)) incident.attack.push(id)
  if (incident.response === '' && response !== undefined) incident.response = response
}

function report(entry: Open, anomaly: Anomaly, onChange: ((incident: Incident) => void) | undefined): void {
  const { incident } = entry
  const fresh = anomaly.explain()
  const key = (reason: Reason): string => `${reason.detector}|${reason.rule ?? ''}|${reason.feature}`
  const kept = incident.reasons.filter((old) => !fresh.some((reason) => key(reason) === key(old)))
  incident.reasons = [...fresh, ...kept].slice(0, REASONS)
  entry.nextReport = Math.ceil(incident.flows * REDRAWN)
  tell(incident, anomaly, fresh[0])
  onChange?.(titled(entry))
}

function join(known: Incident['method'], next: Verdict['method']): Incident['method'] {
  return next === 'Normal' || next === known ? known : 'Hybrid'
}

function worse(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b
}

function titled({ incident, by, leaderText, targetName }: Open): Incident {
  const { type, sources, targets, sourceCount, targetCount } = incident
  const from = counted(sources[0]!, sourceCount, 'source')
  const to = counted(targetName === '' ? targets[0]! : `${targetName} (${targets[0]})`, targetCount, 'host')
  if (by === 'network') incident.title = `${type}: from ${from} to ${to}`
  else if (by === 'target') incident.title = `${type} against ${leaderText} from ${from}`
  else incident.title = `${type} ${FORGED.has(type) ? 'in the name of' : 'from'} ${leaderText} to ${to}`
  return incident
}

function networkKey(type: string): string {
  return `${type}|network`
}

function counted(only: string, count: number, noun: string): string {
  return count === 1 ? only : `${count.toLocaleString('en-US')} ${noun}s`
}

function byAge(a: Incident, b: Incident): number {
  return a.id < b.id ? -1 : 1
}
