import { formatAddress } from '../net/address.ts'
import { flowView } from '../net/flow-view.ts'
import type { Incident, Story } from '../types/incident.ts'
import type { Reason } from '../types/verdict.ts'
import type { Anomaly } from './entry.ts'

const STEPS = { first: 8, last: 24 }
const IDS = { first: 100, last: 100 }
const VIEWS = { first: 10, last: 10 }

/** A story without a step. */
export function emptyStory(): Story {
  return { timeline: [], flowIds: [], sample: [], basis: null }
}

/** Counts a flow in: its id, and what can be seen of it as long as there are few. */
export function remember(story: Story, { flow, verdict, findings }: Anomaly, type: string): void {
  push(story.flowIds, flow.id, IDS)
  if (story.sample.length < VIEWS.first) story.sample.push(flowView(flow, verdict, findings[0]?.type ?? type))
}

/** A step worth telling: the incident as it is now, with this flow the last and `reason` its weightiest. */
export function tell(incident: Incident, { flow, now, verdict, findings }: Anomaly, reason: Reason | undefined): void {
  const { story, type, flows } = incident
  if (story === undefined || verdict.method === 'Normal') return
  const { method, ruleScore, mlScore } = verdict
  push(
    story.timeline,
    {
      time: now,
      flow: flow.id,
      source: formatAddress(flow.address, 0),
      destination: formatAddress(flow.address, 4),
      method,
      detector: reason?.detector ?? '',
      ...(reason?.rule !== undefined && { rule: reason.rule }),
      text: reason?.text ?? '',
      ruleScore,
      mlScore,
      flows,
    },
    STEPS,
  )
  if (story.sample.at(-1)?.id !== flow.id) push(story.sample, flowView(flow, verdict, findings[0]?.type ?? type), VIEWS)
}

/** Keeps the first and the last of a list. */
function push<T>(list: T[], item: T, { first, last }: { first: number; last: number }): void {
  if (list.length >= first + last) list.splice(first, 1)
  list.push(item)
}
