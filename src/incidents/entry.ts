import { separated } from '../math/separated.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import { IDS_ALERT } from '../types/attack.ts'
import type { Basis } from '../types/basis.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Incident } from '../types/incident.ts'
import { type Finding, LEVELS, type Level, type Otherwise, type Reason, type Verdict } from '../types/verdict.ts'
import { addressKey, type Members } from './members.ts'
import { emptyStory, remember, tell } from './story.ts'

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

/** An incident that may still grow. */
export interface Open {
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
  /** Rules that had a part in it, at most 64, and the one that joined in with the flow at hand. */
  rules: Set<string>
  joined: string | null
  /** Seconds without a new flow after which it is over; at least those after which it rests. */
  lasting: number
}

/** Where the words of each end begin in FlowRecord.address. */
export const SOURCE = 0
export const TARGET = 4
/** Reasons kept. */
const REASONS = 8
/** Characters of a name in a title. */
const NAME_MAX = 80
/** Rules that are told of when they join in. */
const RULES = 64
/** Ports shown, and protocols that have some. */
const PORTS = 100
const PORTED = new Set<number>([PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp])
/** Nothing is certain. */
const MOST = 0.99
/** What is unusual and has no name. */
export const UNCLASSIFIED = 'Unclassified anomaly'
/** Types that tell of the same thing: a host's beacons are part of what controls it. */
const CONTROL = 'Malware C&C'
const SAME: Readonly<Record<string, string>> = { Beacon: CONTROL }
/** Types whose source is not who it says it is. */
const FORGED = new Set(['ARP Spoofing'])
/** Growth of an incident after which its reasons are drawn anew, so that their numbers keep up with it. */
const REDRAWN = 1.25
/** What has gone on for hours is not over after minutes: it may pause for this share of the time it has lasted, a day at most. */
const PAUSE = 0.5
const DAY = 86_400

/** The type that stands for all that tell of the same thing. */
export function kindOf(type: string): string {
  return SAME[type] ?? type
}

/** An incident begins with its evidence, not with the flow that completed it. */
export function includeBeginning({ incident, sources, targets }: Open, finding: Finding | undefined): void {
  if (finding?.since === undefined) return
  const { time, address } = finding.since
  incident.firstSeen = Math.min(incident.firstSeen, time)
  sources.add(address, SOURCE)
  targets.add(address, TARGET)
}

/** An incident nothing is counted in yet. */
export function emptyIncident(
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

/** What a program that controls a host does with it: whichever of the two begins, it is one story. */
export function isControl(type: string): boolean {
  return kindOf(type) === CONTROL
}

/** Whether a flow goes the other way than the story it is part of. */
export function isReturn({ incident, leader, by }: Open, { address }: FlowRecord): boolean {
  return isControl(incident.type) && by === 'source' && leader === addressKey(address, TARGET)
}

/** Whether nothing found in a flow says that it is of the known attack it is counted in. */
function isUnnamed({ incident }: Open, { findings }: Anomaly): boolean {
  return incident.type !== UNCLASSIFIED && !findings.some(({ type }) => isOf(incident, type))
}

/** Whether a finding tells of the same attack, or is an alert that does not say of which. */
function isOf(incident: Incident, type: string): boolean {
  return kindOf(type) === kindOf(incident.type) || type === IDS_ALERT
}

/** Who is only strange beside the victim is counted with the attack, for that may be what it does, but not accused. */
export function isBystander(entry: Open, anomaly: Anomaly): boolean {
  return entry.by === 'target' && isUnnamed(entry, anomaly)
}

/** Counts a flow in. */
export function absorb(entry: Open, anomaly: Anomaly): void {
  const { flow, verdict, findings } = anomaly
  const { incident, sources, targets } = entry
  if (!isBystander(entry, anomaly)) {
    const from = isReturn(entry, flow) ? TARGET : SOURCE
    sources.add(flow.address, from)
    targets.add(flow.address, TARGET - from)
  }
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
  entry.joined = joinedBy(entry, findings)
  // What joins in late is told of at once, however many flows there were before.
  if (entry.joined !== null) entry.nextReport = 0
  const within = findings[0]?.since?.within ?? 0
  entry.lasting = Math.max(entry.lasting, within, Math.min(DAY, PAUSE * (incident.lastSeen - incident.firstSeen)))
  if (findings.length === 0) incident.severity = worse(incident.severity, verdict.confidence > 0.95 ? 'medium' : 'low')
  if (incident.story !== undefined) remember(incident.story, anomaly, incident.type)
}

function includePort({ incident, ports }: Open, { protocol, dstPort }: FlowRecord): void {
  if (!PORTED.has(protocol) || ports.has(dstPort)) return
  ports.add(dstPort)
  incident.portCount = ports.size
  if (incident.ports.length < PORTS) incident.ports.push(dstPort)
}

/** Notes the rules of the findings; the first that is new, null when none is. */
function joinedBy({ rules }: Open, findings: readonly Finding[]): string | null {
  let joined: string | null = null
  for (const { rule } of findings) {
    if (rule === undefined || rules.has(rule) || rules.size >= RULES) continue
    rules.add(rule)
    joined ??= rule
  }
  return joined
}

/** Takes over what a rule says of the same attack, and an alert that does not say which. */
function adopt(incident: Incident, { type, level, attack, response }: Finding): void {
  if (!isOf(incident, type)) return
  incident.severity = worse(incident.severity, level)
  for (const id of attack) if (!incident.attack.includes(id)) incident.attack.push(id)
  if (incident.response === '' && response !== undefined) incident.response = response
}

/** Draws its reasons anew. */
export function report(entry: Open, anomaly: Anomaly): void {
  const { incident } = entry
  const fresh = anomaly.explain()
  const key = (reason: Reason): string => `${reason.detector}|${reason.rule ?? ''}|${reason.feature}`
  const kept = incident.reasons.filter((old) => !fresh.some((reason) => key(reason) === key(old)))
  // What named the attack says more than that something beside it is unusual, whichever flow spoke last.
  incident.reasons = few(isUnnamed(entry, anomaly) ? [...kept, ...fresh] : [...fresh, ...kept])
  entry.nextReport = Math.ceil(incident.flows * REDRAWN)
  tell(incident, anomaly, fresh.find(({ rule }) => rule !== undefined && rule === entry.joined) ?? fresh[0])
}

/** As many as are kept, in their order, among them the first of each detector. */
function few(reasons: readonly Reason[]): Reason[] {
  const firsts = reasons.filter(({ detector }, i) => reasons.findIndex((other) => other.detector === detector) === i)
  const others = reasons.filter((reason) => !firsts.includes(reason)).slice(0, Math.max(0, REASONS - firsts.length))
  return reasons.filter((reason) => firsts.includes(reason) || others.includes(reason))
}

function join(known: Incident['method'], next: Verdict['method']): Incident['method'] {
  return next === 'Normal' || next === known ? known : 'Hybrid'
}

function worse(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b
}

/** What the one of ours with an address calls itself, `''` when that is not known. */
export type NameOf = (address: string) => string

/** The incident with its title as of now: a device says late what it is called. */
export function titled({ incident, by, leaderText, targetName }: Open, nameOf: NameOf): Incident {
  const { type, sources, targets, sourceCount, targetCount } = incident
  const from = counted(sources[0]!, sourceCount, 'source')
  const to = counted(named(targetName || nameOf(targets[0]!), targets[0]!), targetCount, 'host')
  const leader = named(nameOf(leaderText), leaderText)
  if (by === 'network') incident.title = `${type}: from ${from} to ${to}`
  else if (by === 'target') incident.title = `${type} against ${leader} from ${from}`
  else incident.title = `${type} ${FORGED.has(type) ? 'in the name of' : 'from'} ${leader} to ${to}`
  return incident
}

function named(name: string, address: string): string {
  return name === '' ? address : `${name.slice(0, NAME_MAX)} (${address})`
}

function counted(only: string, count: number, noun: string): string {
  return count === 1 ? only : `${separated(count)} ${noun}s`
}
