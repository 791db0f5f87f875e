import type { Change, Store } from '../store/store.ts'
import type {
  Decision,
  IncidentState,
  KeptIncident,
  Schedule,
  Suppression,
  SuppressionDraft,
  SuppressionPreview,
} from '../types/history.ts'
import type { Incident } from '../types/incident.ts'
import { type Covers, coverOf, propose } from './expected.ts'

/** Milliseconds between two commits, into which incidents are gathered; after a quiet while they are kept at once. */
const GROUP = 25
/** Milliseconds until what could not be kept is tried again. */
const RETRY = 1_000
/** Incidents held while nothing can be kept; beyond them the oldest are let go. */
const HELD = 20_000
const EXAMPLES = 5
const CHOSEN = ['suppress', 'unsuppress']

/** Where incidents are kept, and people decide about them. */
export interface Desk {
  /** Takes what the engine found. It is told of once it is kept, or, with `saved` false, once that has failed. */
  take(incidents: readonly Incident[]): void
  /** Resolves once everything taken is kept or has failed to be. */
  settle(): Promise<void>
  /** What a person decides of one incident; null when there is none of this id. */
  change(id: string, change: IncidentChange, author: string): Promise<KeptIncident | null>
  /** The narrowest match that covers an incident, and when it was seen, in a time zone of IANA's. Null when there is none. */
  propose(id: string, timeZone: string): Promise<{ draft: SuppressionDraft; schedule: Schedule } | null>
  /** Oldest first, those undone too. */
  suppressions(): Promise<Suppression[]>
  /** What a suppression would cover of the incidents last seen since then (epoch seconds; null: all). */
  preview(draft: SuppressionDraft, since: number | null): Promise<SuppressionPreview>
  /** Says that something is expected, from now on and of what is kept already. Throws a `RangeError` for a match that is wrong. */
  suppress(draft: SuppressionDraft, author: string): Promise<Suppression>
  /** Takes it back: what it covered is told of again, but for what another one covers. Null when there is none. */
  undo(id: string, author: string): Promise<Suppression | null>
  counters(): Record<string, number>
}

export interface IncidentChange {
  state?: IncidentState | undefined
  assignee?: string | null | undefined
  note?: string | undefined
}

export interface DeskOptions {
  store: Store
  /** Epoch seconds. */
  now: () => number
  /** Hears of incidents as they are kept now: new, grown, or decided about. */
  onKept: (incidents: readonly KeptIncident[], saved: boolean) => void
}

interface Rule extends Suppression {
  covers: Covers
}

/** Takes up every decision of the journal. */
export async function createDesk({ store, now, onKept }: DeskOptions): Promise<Desk> {
  let rules: Rule[] = rulesOf(await store.decisions(CHOSEN))
  let waiting = new Map<string, Incident>()
  let scheduled = false
  let unsaved = 0
  let lost = 0
  let last: Promise<unknown> = Promise.resolve()
  /** When the last commit began, epoch seconds. */
  let committed = Number.NEGATIVE_INFINITY

  const inForce = (): Rule[] => rules.filter(({ undone }) => undone === null)
  const suppressedBy = (incident: Incident, among: readonly Rule[] = inForce()): string | null =>
    among.find(({ covers }) => covers(incident))?.id ?? null

  /** One at a time: what is covered is decided on the state it is written to. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }

  const commit = async (): Promise<void> => {
    const taken = waiting
    if (taken.size === 0) return
    waiting = new Map()
    committed = now()
    try {
      const kept = await store.putIncidents([...taken.values()], (incident) => suppressedBy(incident))
      unsaved = 0
      onKept(kept, true)
    } catch {
      if (unsaved === 0)
        onKept(
          [...taken.values()].map((incident) => loose(incident, suppressedBy(incident))),
          false,
        )
      waiting = new Map([...taken, ...waiting])
      for (const id of waiting.keys()) {
        if (waiting.size <= HELD) break
        waiting.delete(id)
        lost++
      }
      unsaved = waiting.size
      schedule(RETRY)
    }
  }

  const schedule = (milliseconds: number): void => {
    if (scheduled) return
    scheduled = true
    setTimeout(() => {
      scheduled = false
      void inTurn(commit)
    }, milliseconds)
  }

  const decide = async (decision: Omit<Decision, 'seq' | 'time'>, changes: readonly Change[]): Promise<Decision> => {
    const kept = await store.decide({ time: now(), ...decision }, changes)
    const changed: KeptIncident[] = []
    for (const { id } of changes.slice(0, 200)) {
      const incident = await store.incident(id)
      if (incident !== null) changed.push(incident)
    }
    if (changed.length > 0) onKept(changed, true)
    return kept
  }

  const each = async (since: number, take: (incident: KeptIncident) => void): Promise<void> => {
    await store.eachIncident(since, (batch) => batch.forEach(take))
  }

  const withHits = async (rule: Rule): Promise<Suppression> => shown(rule, (await store.counts()).hits.get(rule.id))

  return {
    take(incidents) {
      for (const incident of incidents) waiting.set(incident.id, incident)
      schedule(Math.max(0, GROUP - (now() - committed) * 1_000))
    },
    async settle() {
      await inTurn(commit)
    },
    change: (id, { state, assignee, note }, author) =>
      inTurn(async () => {
        if ((await store.incident(id)) === null) return null
        const change: Change = {
          id,
          ...(state !== undefined && { state }),
          ...(assignee !== undefined && { assignee }),
          ...(note !== undefined && { note: { time: now(), author, text: note } }),
        }
        await decide({ author, kind: 'incident', subject: id, content: { state, assignee, note } }, [change])
        return store.incident(id)
      }),
    async propose(id, timeZone) {
      const incident = await store.incident(id)
      return incident === null ? null : propose(incident, now(), timeZone)
    },
    async suppressions() {
      const { hits } = await store.counts()
      return rules.map((rule) => shown(rule, hits.get(rule.id)))
    },
    async preview(draft, since) {
      const covers = coverOf(draft)
      const preview: SuppressionPreview = { covered: 0, total: 0, severe: 0, since, examples: [] }
      await each(since ?? Number.NEGATIVE_INFINITY, (incident) => {
        preview.total++
        if (incident.suppressedBy !== null || !covers(incident)) return
        preview.covered++
        if (incident.severity === 'high' || incident.severity === 'critical') preview.severe++
        const { id, title, severity, lastSeen } = incident
        preview.examples = [{ id, title, severity, lastSeen }, ...preview.examples].slice(0, EXAMPLES)
      })
      return preview
    },
    suppress: (draft, author) =>
      inTurn(async () => {
        await commit()
        const covers = coverOf(draft)
        const id = `expected-${rules.length + 1}`
        const changes: Change[] = []
        await each(Number.NEGATIVE_INFINITY, (incident) => {
          if (incident.suppressedBy === null && covers(incident)) changes.push({ id: incident.id, suppressedBy: id })
        })
        const { match, reason, expires } = draft
        const { time } = await decide(
          { author, kind: 'suppress', subject: id, content: { match, reason, expires } },
          changes,
        )
        const rule = { id, match, reason, expires, author, created: time, undone: null, hits: 0, lastHit: null, covers }
        rules = [...rules, rule]
        return withHits(rule)
      }),
    undo: (id, author) =>
      inTurn(async () => {
        await commit()
        const rule = rules.find((one) => one.id === id)
        if (rule === undefined || rule.undone !== null) return null
        const others = inForce().filter((one) => one.id !== id)
        const changes: Change[] = []
        await each(Number.NEGATIVE_INFINITY, (incident) => {
          if (incident.suppressedBy === id) {
            changes.push({ id: incident.id, suppressedBy: suppressedBy(incident, others) })
          }
        })
        const { time } = await decide({ author, kind: 'unsuppress', subject: id, content: null }, changes)
        rules = rules.map((one) => (one.id === id ? { ...one, undone: time } : one))
        return withHits({ ...rule, undone: time })
      }),
    counters: () => ({ unsaved, lost }),
  }
}

function rulesOf(decisions: readonly Decision[]): Rule[] {
  const rules = new Map<string, Rule>()
  for (const { kind, subject, author, time, content } of decisions) {
    if (kind === 'suppress') {
      const draft = content as SuppressionDraft
      const kept = { id: subject, ...draft, author, created: time, undone: null, hits: 0, lastHit: null }
      rules.set(subject, { ...kept, covers: coverOf(draft) })
    } else {
      const rule = rules.get(subject)
      if (rule !== undefined) rule.undone = time
    }
  }
  return [...rules.values()]
}

function shown({ covers, ...suppression }: Rule, counted?: { hits: number; lastHit: number }): Suppression {
  return { ...suppression, ...counted }
}

/** An incident that could not be kept yet. */
function loose(incident: Incident, suppressedBy: string | null): KeptIncident {
  return { ...incident, version: 0, state: 'open', assignee: null, notes: [], suppressedBy }
}
