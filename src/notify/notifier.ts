import type { OutputView } from '../types/api.ts'
import type { KeptIncident } from '../types/history.ts'
import { LEVELS } from '../types/verdict.ts'
import { createChannel, type OutputSettings } from './index.ts'
import type { Message } from './kind.ts'
import { createPost, type Post } from './post.ts'

/** Incidents remembered as told; beyond them the oldest are forgotten, and would be told again were they to grow worse. */
const TOLD = 10_000

export interface NotifierOptions {
  outputs: readonly OutputSettings[]
  /** Epoch seconds. */
  now: () => number
  sleep: (seconds: number, signal: AbortSignal) => Promise<void>
  /** Hears when an output begins to fail, and when it works again (null). */
  onTurn: (output: string, problem: string | null) => void
}

/** Tells people elsewhere of incidents, once each and again when they grow worse. Without outputs it does nothing. */
export interface Notifier {
  /** Incidents as they are kept: what is expected, decided about or not severe enough is not told. */
  take(incidents: readonly KeptIncident[]): void
  outputs(): OutputView[]
  /** Sends a message that says it is a test; null when there is no such output. Rejects when it does not arrive. */
  test(name: string): Promise<OutputView | null>
  close(): void
}

interface One {
  settings: OutputSettings
  target: string
  post: Post
  /** Rank of the severity told, by incident. */
  told: Map<string, number>
}

export function createNotifier({ outputs, now, sleep, onTurn }: NotifierOptions): Notifier {
  const all = outputs.map((settings): One => {
    const channel = createChannel(settings)
    const turn = (problem: string | null): void => onTurn(settings.name, problem)
    const post = createPost({ channel, perHour: settings.perHour, now, sleep, onTurn: turn })
    return { settings, target: channel.target, post, told: new Map() }
  })

  const tell = ({ settings, post, told }: One, incident: KeptIncident): void => {
    const rank = LEVELS.indexOf(incident.severity)
    if (rank < LEVELS.indexOf(settings.severity) || rank <= (told.get(incident.id) ?? -1)) return
    told.delete(incident.id)
    told.set(incident.id, rank)
    if (told.size > TOLD) told.delete(told.keys().next().value!)
    post.put(messageOf(incident))
  }
  const viewOf = ({ settings: { name, kind, severity, perHour }, target, post }: One): OutputView => ({
    ...{ name, kind, severity, perHour, target, ...post.state() },
  })

  return {
    take(incidents) {
      for (const incident of incidents) {
        if (incident.state !== 'open' || incident.suppressedBy !== null) continue
        for (const one of all) tell(one, incident)
      }
    },
    outputs: () => all.map(viewOf),
    async test(name) {
      const one = all.find(({ settings }) => settings.name === name)
      if (one === undefined) return null
      const text = 'This is a test: nothing has happened.'
      await one.post.now({
        id: 'test',
        title: 'Test',
        text,
        severity: one.settings.severity,
        time: now(),
        incident: null,
      })
      return viewOf(one)
    },
    close() {
      for (const { post } of all) post.close()
    },
  }
}

function messageOf(incident: KeptIncident): Message {
  const { id, title, severity, lastSeen: time, sources, sourceCount, targets, targetCount, flows, response } = incident
  const { story: _, ...rest } = incident
  const who = `${named(sources, sourceCount)} to ${named(targets, targetCount)}, ${flows} ${flows === 1 ? 'flow' : 'flows'}.`
  const why = incident.reasons[0]?.text ?? ''
  return {
    ...{ id, severity, time, incident: rest },
    title: oneLine(title),
    text: oneLine([who, why === '' ? '' : `${why}.`, response].filter(Boolean).join(' ')),
  }
}

function named(known: readonly string[], all: number): string {
  const [first = '?'] = known
  return all > 1 ? `${first} and ${all - 1} more` : first
}

/** Names come from the wire: nothing that ends a line, hides or turns around. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 1_000)
}
