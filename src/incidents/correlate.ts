import { formatAddress } from '../net/address.ts'
import { IDS_ALERT } from '../types/attack.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Incident } from '../types/incident.ts'
import type { Finding } from '../types/verdict.ts'
import { createClaims } from './claims.ts'
import {
  type Anomaly,
  absorb,
  emptyIncident,
  includeBeginning,
  isBystander,
  isControl,
  isReturn,
  kindOf,
  type NameOf,
  type Open,
  report,
  SOURCE,
  TARGET,
  titled,
  UNCLASSIFIED,
} from './entry.ts'
import { addressKey, createMembers } from './members.ts'

export interface CorrelateOptions {
  /**
   * Seconds without a new flow after which an incident rests: its hosts may be learned from, and what else they do is no part of
   * it. It is over, and the same again is a new one, when its evidence would have had the time to gather anew, or after half as
   * long as it had lasted, a day at most.
   */
  quiet: number
  /** Open incidents at most; at the cap the one that was quiet longest ends. */
  cap: number
  /** Ended incidents kept at most, oldest forgotten first. */
  history: number
  /** Incidents there were before this run, so that no id is given twice. Default: 0. */
  before?: number
  /** What our devices call themselves, for titles. */
  nameOf?: NameOf
  /** Called when an incident is opened, and whenever its numbers have grown by a quarter or its nature changed. */
  onChange?: (incident: Incident) => void
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

/** Types that accuse nobody: their hosts are learned from, and what else they do is no part of it. */
const HARMLESS: ReadonlySet<string> = new Set(['New Device'])
/** Told of somebody alerts are about: what others' lists say of whoever knocks is never over. */
const isHarmless = (type: string, by: Open['by']): boolean =>
  HARMLESS.has(type) || (type === IDS_ALERT && by === 'target')
/** Types that are one story whoever is seen in it: clients that ask for addresses in forged names, and the server that gives them. */
const SHARED = new Set(['DHCP Starvation'])
/** Ended incidents whose stories are kept. */
const STORIES = 500
/** Seconds after an attack in which what it did is still part of what is counted of its victim. */
const AFTERMATH = 60

/** Joins anomalous flows of one attack: the same type led by the same host, with no gap after which it is over. */
export function createCorrelator(options: CorrelateOptions): Correlator {
  const { nameOf = () => '' } = options
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

  const isResting = ({ incident }: Open, time: number): boolean => time - incident.lastSeen > options.quiet

  /** What its hosts do is no longer part of it. */
  const leave = (entry: Open): void => {
    if (leaders.get(entry.leader) === entry) leaders.delete(entry.leader)
    if (others.get(entry.other) === entry) others.delete(entry.other)
  }

  /** What rested goes on, and is told of at once. */
  const wake = (entry: Open, { first }: FlowRecord): void => {
    if (!isResting(entry, first)) return
    if (!Number.isNaN(entry.leader)) leaders.set(entry.leader, entry)
    entry.nextReport = 0
  }

  /** The same two hosts, the other way round: which of them leads depends on who begins. */
  const returned = (type: string, side: number, flow: FlowRecord): Open | undefined => {
    if (!isControl(type)) return undefined
    const entry = open.get(keyOf(type, TARGET - side, flow, side))
    return entry?.other === addressKey(flow.address, side) ? entry : undefined
  }

  const end = (key: string, entry: Open): void => {
    open.delete(key)
    leave(entry)
    claims.forget(entry)
    const incident = titled(entry, nameOf)
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
      rules: new Set(),
      joined: null,
      lasting: options.quiet,
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
    const led = by !== 'network' && !isHarmless(entry.incident.type, by)
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
  const face = (entry: Open, anomaly: Anomaly): void => {
    if (isBystander(entry, anomaly)) return
    const { flow } = anomaly
    if (others.get(entry.other) === entry) others.delete(entry.other)
    const side = entry.by === 'target' ? SOURCE : TARGET
    const { count } = side === SOURCE ? entry.sources : entry.targets
    const at = isReturn(entry, flow) ? TARGET - side : side
    entry.other = count === 1 && !isHarmless(entry.incident.type, entry.by) ? addressKey(flow.address, at) : Number.NaN
    if (count === 1) others.set(entry.other, entry)
  }

  const recent = (key: number, { first }: FlowRecord): Open | undefined => {
    const entry = others.get(key)
    return entry !== undefined && first - entry.incident.lastSeen <= AFTERMATH ? entry : undefined
  }

  const count = (entry: Open, anomaly: Anomaly): Incident => {
    absorb(entry, anomaly)
    face(entry, anomaly)
    if (entry.incident.flows >= entry.nextReport) {
      report(entry, anomaly)
      options.onChange?.(titled(entry, nameOf))
    }
    return entry.incident
  }

  return {
    add(anomaly) {
      const { flow } = anomaly
      const finding = anomaly.findings[0]
      const type = finding?.type ?? UNCLASSIFIED
      const by = finding?.by ?? anomaly.by ?? 'source'
      const side = by === 'target' ? TARGET : SOURCE
      const key = isOfNobody(type, by) ? networkKey(type) : keyOf(type, side, flow)
      let entry = open.get(key) ?? claims.find(type, flow) ?? returned(type, side, flow)
      if (entry !== undefined && flow.first - entry.incident.lastSeen > entry.lasting) {
        end(entry.key, entry)
        entry = undefined
      }
      if (entry !== undefined) wake(entry, flow)
      if (entry === undefined && finding !== undefined && !isHarmless(type, by)) entry = name(key, anomaly, finding, by)
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
        if (old === key || entry.incident.method !== 'ML' || isResting(entry, anomaly.now)) continue
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
      for (const [key, entry] of open) {
        if (time - entry.incident.lastSeen > entry.lasting) end(key, entry)
        else if (isResting(entry, time)) leave(entry)
      }
    },
    list: () => [...ended, ...[...open.values()].map((entry) => titled(entry, nameOf))].sort(byAge),
    counters: () => ({ open: open.size, evicted, forgotten }),
  }
}

/** What one incident is open under: its kind, and the host at an end of the flow that leads it, as one of that `side`. */
function keyOf(type: string, at: number, { address }: FlowRecord, side = at): string {
  return `${kindOf(type)}|${side}|${formatAddress(address, at)}`
}

/** Whether whoever is seen in it is part of the same. */
function isOfNobody(type: string, by: Open['by']): boolean {
  return by === 'network' || SHARED.has(type)
}

function networkKey(type: string): string {
  return `${type}|network`
}

function byAge(a: Incident, b: Incident): number {
  return a.id < b.id ? -1 : 1
}
