import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../net/flow-record.ts'
import type { Stats } from '../types/events.ts'
import type { FeedEvent } from '../types/feed.ts'
import { createVerdict } from '../verdict/fusion.ts'
import { createReporter } from './reporter.ts'

const FLOWS = 50_000

describe('the reporter under load', () => {
  const sent: FeedEvent[] = []
  const reporter = createReporter({
    timeline: { interval: 1, cap: 600, atCap: 'slide' },
    stats: () => ({}) as Stats,
    send: (event) => sent.push(event),
  })
  const flow = Object.assign(createFlowRecord(), { first: 1_700_000_000, last: 1_700_000_000 })
  let explained = 0
  for (let i = 0; i < FLOWS; i++) {
    const verdict = Object.assign(createVerdict(), i % 5 === 0 ? { anomaly: true, method: 'Rule' } : {})
    reporter.flow(flow, verdict, null, () => {
      explained++
      return []
    })
  }
  reporter.flush()
  const [event] = sent

  it('hands over one event, however many flows were judged, and says how many it leaves out', () => {
    expect(sent).toHaveLength(1)
    if (event?.kind !== 'judged') throw new Error('not judged')
    expect(event.packets.length).toBeLessThanOrEqual(220)
    expect(event.packets.length + event.skipped).toBe(FLOWS)
  })

  it('shows anomalous flows first of all, and explains no more than can be read', () => {
    if (event?.kind !== 'judged') throw new Error('not judged')
    const anomalous = event.packets.filter(({ status }) => status === 'Anomaly')
    expect(anomalous).toHaveLength(200)
    expect(explained).toBe(20)
  })
})
