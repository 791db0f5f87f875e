import { addressNumber, blockRange } from '../query/values.ts'
import type { Match, Schedule, SuppressionDraft } from '../types/history.ts'
import type { Incident } from '../types/incident.ts'

const MINUTE = 60
const WEEK = 7 * 1_440
/** Addresses or ports a proposal lists; an incident with more of them is told apart by the rest. */
const LISTED = 16
/** Days after which what is expected is asked about again, unless a person says otherwise. */
const DEFAULT_DAYS = 90

/** Whether an incident is what was said to be expected: all of it, or it is told of. */
export type Covers = (incident: Incident) => boolean

/**
 * Compiles what is expected. An incident with a part outside, with more hosts or ports than are known by name, or seen after
 * the expiry is not covered; a match that asks for nothing covers nothing. Throws a `RangeError` naming what is wrong.
 */
export function coverOf({ match, expires }: Pick<SuppressionDraft, 'match' | 'expires'>): Covers {
  const tests: Covers[] = []
  const { sources, destinations, ports, types, detectors, schedule } = match
  if (sources !== undefined) {
    const inside = insideOf(sources, 'sources')
    tests.push((incident) => incident.sourceCount === incident.sources.length && incident.sources.every(inside))
  }
  if (destinations !== undefined) {
    const inside = insideOf(destinations, 'destinations')
    tests.push((incident) => incident.targetCount === incident.targets.length && incident.targets.every(inside))
  }
  if (ports !== undefined) {
    tests.push(
      (incident) =>
        incident.portCount > 0 &&
        incident.portCount === incident.ports.length &&
        incident.ports.every((port) => ports.includes(port)),
    )
  }
  if (types !== undefined) tests.push((incident) => types.includes(incident.type))
  if (detectors !== undefined) {
    tests.push((incident) => speakersOf(incident).every((speaker) => detectors.includes(speaker)))
  }
  if (schedule !== undefined) tests.push(withinOf(schedule))
  if (tests.length === 0) return () => false
  return (incident) => (expires === null || incident.lastSeen <= expires) && tests.every((test) => test(incident))
}

/** What to propose for an incident: the narrowest match that covers it, and when it is usually seen, to narrow it further. */
export function propose(
  incident: Incident,
  now: number,
  timeZone: string,
): { draft: SuppressionDraft; schedule: Schedule } {
  const { sources, sourceCount, targets, targetCount, ports, portCount, type } = incident
  const match: Match = { types: [type], detectors: speakersOf(incident) }
  if (sourceCount === sources.length && sourceCount <= LISTED) match.sources = [...sources]
  if (targetCount === targets.length && targetCount <= LISTED) match.destinations = [...targets]
  if (portCount > 0 && portCount === ports.length && portCount <= LISTED) match.ports = [...ports].sort((a, b) => a - b)
  const draft = { match, reason: '', expires: Math.floor(now) + DEFAULT_DAYS * 86_400 }
  return { draft, schedule: scheduleOf(incident, timeZone) }
}

/** The day it began, from the hour before to the hour after; all day where it lasted longer. */
function scheduleOf({ firstSeen, lastSeen }: Incident, timeZone: string): Schedule {
  const minute = minuteOfWeek(firstSeen, timeZone)
  const day = Math.floor(minute / 1_440)
  const hour = Math.floor((minute % 1_440) / 60)
  const hours = Math.ceil((lastSeen - firstSeen) / 3_600) + 2
  if (hours >= 24) return { days: [day], from: 0, to: 1_440, timeZone }
  const from = Math.max(0, hour - 1) * 60
  return { days: [day], from, to: (from + (hours + 1) * 60) % 1_440, timeZone }
}

/** The rule, or the detector where it is no rule's, of every reason. */
export function speakersOf({ reasons }: Incident): string[] {
  return [...new Set(reasons.map(({ detector, rule }) => rule ?? detector))]
}

function insideOf(blocks: readonly string[], name: string): (address: string) => boolean {
  const ranges = blocks.map((block) => {
    const range = blockRange(block)
    if (range === null) throw new RangeError(`${name}: "${block}" is neither an address nor a CIDR block`)
    return range
  })
  return (address) => {
    const number = addressNumber(address)
    return number !== null && ranges.some(({ low, high }) => number >= low && number <= high)
  }
}

/** From its first to its last flow within one of the windows. */
function withinOf({ days, from, to, timeZone }: Schedule): Covers {
  const length = to > from ? to - from : to + 1_440 - from
  minuteOfWeek(0, timeZone)
  return ({ firstSeen, lastSeen }) => {
    const minute = minuteOfWeek(firstSeen, timeZone)
    const lasted = (lastSeen - firstSeen) / MINUTE
    return days.some((day) => {
      const into = (minute - (day * 1_440 + from) + WEEK) % WEEK
      return into + lasted < length
    })
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Minutes since Sunday 0:00 in a time zone. Throws a `RangeError` for one there is not. */
function minuteOfWeek(time: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(timeZone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(time * 1000).map(({ type, value }) => [type, value]))
  const minute = Number(parts.hour) * 60 + Number(parts.minute) + Number(parts.second) / 60
  return DAYS.indexOf(parts.weekday!) * 1_440 + minute
}
