import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { createFlowRecord } from '../../net/flow-record.ts'
import type { Clock } from '../../types/clock.ts'
import { InputError } from '../../types/errors.ts'
import type { FlowLogFormat, LineParser } from '../flow-log/format.ts'
import { headOf, textOf } from '../flow-log/head.ts'
import { Joined } from '../flow-log/joined.ts'
import { Records } from '../flow-log/records.ts'
import type { Source, SourceReport } from '../source.ts'
import type { Positions } from './positions.ts'
import { Tail } from './tail.ts'

/** Seconds between two looks at the logs. */
const INTERVAL = 1

export interface FollowOptions {
  name: string
  paths: readonly string[]
  formats: readonly FlowLogFormat[]
  clock: Clock
  positions: Positions
}

/** Logs of one format, joined one to another. */
interface Group {
  joined: Joined
  records: Records
  parsers: LineParser[]
}

/**
 * Follows logs of flows as they grow, from where they were left. Flows wait for one look, so that what other logs say of them
 * is there; the time of the traffic goes on by the clock while nothing comes.
 */
export function createFollowSource(options: FollowOptions): Source {
  const { name, paths, formats, clock, positions } = options
  const groups = new Map<FlowLogFormat, Group>()
  const parsers = (): LineParser[] => [...groups.values()].flatMap((group) => group.parsers)
  return {
    name,
    lacks: () => {
      const all = parsers()
      return (all[0]?.lacks() ?? []).filter((sight) => all.every((parser) => parser.lacks().includes(sight)))
    },
    async run(sink, signal): Promise<SourceReport> {
      const groupOf = (format: FlowLogFormat): Group => {
        const joined = new Joined()
        const group = groups.get(format) ?? { joined, records: new Records(joined, name, sink), parsers: [] }
        groups.set(format, group)
        return group
      }
      for (const path of paths) {
        if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
          throw new InputError(
            `${path}: a folder cannot be followed: name the logs in it, such as ${join(path, 'conn.log')}`,
          )
      }
      const logs = paths.map((path) => new FollowedLog(resolve(path), formats, groupOf, positions))
      const time = createTrafficTime(clock)
      const look = (): void => {
        pollAll(logs, true)
        for (const { records } of groups.values()) records.release()
        pollAll(logs, false)
        for (const log of logs) positions.set(log.path, log.position)
        positions.save()
        const now = time(latestOf(groups.values()))
        if (now > 0) sink.tick(now)
      }
      while (!signal.aborted) {
        look()
        await clock.sleep(INTERVAL, signal)
      }
      look()
      for (const log of logs) log.close()
      for (const { records } of groups.values()) records.end()
      return reportOf([...groups.values()], logs)
    },
  }
}

function pollAll(logs: readonly FollowedLog[], companions: boolean): void {
  for (const log of logs) if (log.isCompanion === companions) log.poll()
}

function latestOf(groups: Iterable<Group>): number {
  let latest = 0
  for (const { records } of groups) latest = Math.max(latest, records.latest)
  return latest
}

function reportOf(groups: readonly Group[], logs: readonly FollowedLog[]): SourceReport {
  const report: SourceReport = { bytes: 0, packets: 0, truncated: false, problems: {} }
  const add = (counts: Record<string, number>): void => {
    for (const [reason, count] of Object.entries(counts)) {
      if (count > 0) report.problems[reason] = (report.problems[reason] ?? 0) + count
    }
  }
  for (const { records } of groups) {
    report.bytes += records.bytes
    report.packets += records.packets
    add(records.problems.toRecord())
    add(records.lost())
  }
  for (const log of logs) add(log.losses())
  return report
}

/** Where the traffic is: at its latest flow, and on from there by the clock while nothing comes. */
function createTrafficTime(clock: Clock): (latest: number) => number {
  let known = 0
  let since = clock.now()
  return (latest) => {
    if (latest > known) {
      known = latest
      since = clock.now()
    }
    return known === 0 ? 0 : known + Math.max(0, clock.now() - since)
  }
}

/** One log: what it is shows with its first line. */
class FollowedLog {
  readonly path: string
  readonly #tail: Tail
  readonly #formats: readonly FlowLogFormat[]
  readonly #groupOf: (format: FlowLogFormat) => Group
  #read: ((line: string | null, number: number) => void) | null = null
  isCompanion = false

  constructor(
    path: string,
    formats: readonly FlowLogFormat[],
    groupOf: (format: FlowLogFormat) => Group,
    positions: Positions,
  ) {
    this.path = path
    this.#formats = formats
    this.#groupOf = groupOf
    this.#tail = new Tail(path, positions.get(path), (line, number) => this.#read?.(line, number))
  }

  get position() {
    return this.#tail.position
  }

  poll(): void {
    if (this.#read === null && !this.#recognise()) return
    this.#tail.poll()
  }

  close(): void {
    this.#tail.close()
  }

  losses(): Record<string, number> {
    const { truncations, 'lost-bytes': lost } = this.#tail.counters()
    return { truncations: truncations!, 'lost-bytes': lost! }
  }

  /** False while there is not even a line. */
  #recognise(): boolean {
    const head = textOf(headOf(this.path).head)
    if (!head.includes('\n')) return false
    this.isCompanion = this.#formats.some(({ isCompanion }) => isCompanion?.(head) === true)
    const format = this.#formats.find((one) => one.isCompanion?.(head) === true || one.recognises(head, this.path))
    if (format === undefined) throw new InputError(`${basename(this.path)}: not a log of flows that can be followed`)
    const { joined, records, parsers } = this.#groupOf(format)
    const parser = format.createParser(joined)
    parsers.push(parser)
    // Read on from the middle, its columns are still those of its beginning.
    if (this.#tail.position !== null) {
      const record = createFlowRecord()
      for (const line of head.split('\n')) if (isHeader(line)) parser.read(line, record)
    }
    this.#read = records.lines(parser)
    return true
  }
}

/** True for a line that can be no flow and no object: a directive, or the names of columns. */
function isHeader(line: string): boolean {
  return line.startsWith('#') || /^[a-z"\ufeff]/i.test(line)
}
