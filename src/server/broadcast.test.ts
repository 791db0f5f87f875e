import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PacketView, ServerEvents } from '../types/events.ts'
import type { FeedEvent } from '../types/feed.ts'
import { Broadcast, type Emit, TICKS_PER_SECOND } from './broadcast.ts'
import { SampleFeed } from './sample-feed.case.ts'
import { SampleTraffic } from './sample-traffic.case.ts'

type Payload<E extends keyof ServerEvents> = Parameters<ServerEvents[E]>

/** A feed joined to a broadcast, and everything that was sent. */
function joined(): { feed: SampleFeed; traffic: SampleTraffic; broadcast: Broadcast; sent: [string, unknown[]][] } {
  const feed = new SampleFeed()
  const sent: [string, unknown[]][] = []
  const emit: Emit = (name, ...payload) => sent.push([name, payload])
  const broadcast = new Broadcast(emit, [], (stats) => stats)
  feed.subscribe((event: FeedEvent) => broadcast.take(event))
  return { feed, traffic: new SampleTraffic(1), broadcast, sent }
}

function of<E extends keyof ServerEvents>(sent: [string, unknown[]][], name: E): Payload<E>[] {
  return sent.filter(([event]) => event === name).map(([, payload]) => payload as Payload<E>)
}

const packetsOf = (sent: [string, unknown[]][]): PacketView[] => [
  ...of(sent, 'new_packet').flatMap(([event]) => event.packet ?? []),
  ...of(sent, 'packets').flatMap(([event]) => event.packets),
]

const ids = (packets: PacketView[]): number[] => packets.map((packet) => packet.id)
const anomalous = (packet: PacketView): boolean => packet.status === 'Anomaly'

describe('what pages are sent', () => {
  it('is every flow by itself, with statistics, at simulator pace', () => {
    const { feed, traffic, broadcast, sent } = joined()
    for (let i = 0; i < 10; i++) {
      feed.judge([i === 4 ? traffic.attack(i) : traffic.normal(i)])
      broadcast.tick()
    }
    const events = of(sent, 'new_packet').map(([event]) => event)
    expect(events.map((event) => event.stats.totalPackets)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(events.map((event) => event.anomalies.length)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    expect(of(sent, 'packets')).toEqual([])
  })

  it('is one batch a tick under load, and single flows again a second after it', () => {
    const { feed, traffic, broadcast, sent } = joined()
    for (let tick = 0; tick < 8; tick++) {
      for (let i = 0; i < 100; i++) feed.judge([traffic.normal(tick)])
      broadcast.tick()
    }
    expect(of(sent, 'packets')).toHaveLength(8)
    expect(of(sent, 'new_packet').length).toBeLessThanOrEqual(5)
    for (let tick = 0; tick < TICKS_PER_SECOND; tick++) broadcast.tick()
    sent.length = 0
    feed.judge([traffic.normal(100)])
    expect(of(sent, 'new_packet')).toHaveLength(1)
  })

  it('loses no flow uncounted and no anomalous one at all, below 200 of them a tick', () => {
    const flows = fc.tuple(fc.boolean(), fc.nat(50))
    const ticks = fc.array(fc.array(flows, { maxLength: 60 }), { maxLength: 12 })
    fc.assert(
      fc.property(ticks, (batches) => {
        const { feed, traffic, broadcast, sent } = joined()
        const judged: PacketView[] = []
        for (const batch of batches) {
          for (const [attack, skipped] of batch) {
            judged.push(attack ? traffic.attack(1) : traffic.normal(1))
            feed.judge([judged.at(-1)!], skipped)
          }
          broadcast.tick()
        }
        const untold = of(sent, 'packets').reduce((sum, [event]) => sum + event.skipped, 0)
        const shown = packetsOf(sent)
        expect(shown.length + untold).toBe(feed.snapshot().stats.totalPackets)
        expect(new Set(ids(shown)).size).toBe(shown.length)
        expect(ids(shown.filter(anomalous))).toEqual(ids(judged.filter(anomalous)))
      }),
    )
  })

  it('has at most 200 anomalous flows a tick, the newest, and counts the others', () => {
    const { feed, traffic, broadcast, sent } = joined()
    feed.judge(Array.from({ length: 500 }, () => traffic.attack(1)))
    broadcast.tick()
    expect(ids(packetsOf(sent))).toEqual(Array.from({ length: 200 }, (_, index) => 301 + index))
    expect(broadcast.unsent).toBe(300)
  })

  it('tells of an incident at once, then once a tick, with its latest state and no more addresses than a person reads', () => {
    const { feed, traffic, broadcast, sent } = joined()
    const flows = Array.from({ length: 40 }, () => traffic.attack(1, 0))
    for (let n = 1; n <= 40; n++) {
      const sources = Array.from({ length: n }, (_, index) => `198.51.100.${index}`)
      feed.open({ ...traffic.incident(flows.slice(0, n), 'high'), sources, sourceCount: n })
    }
    expect(of(sent, 'incidents')).toMatchObject([[[{ flows: 1, sourceCount: 1 }]]])
    broadcast.tick()
    const [, incidents] = of(sent, 'incidents').map(([event]) => event)
    expect(of(sent, 'incidents')).toHaveLength(2)
    expect(incidents).toMatchObject([{ flows: 40, sourceCount: 40 }])
    expect(incidents![0]!.sources).toHaveLength(10)
  })

  it('merges the timeline of ticks not sent yet, and says when it replaces everything', () => {
    const { feed, broadcast, sent } = joined()
    const stats = feed.snapshot().stats
    const point = (time: number, normal: number) => ({ time, normal, anomalies: 0 })
    broadcast.take({ kind: 'tick', stats, timeline: [point(0, 1), point(5, 1)] })
    broadcast.take({ kind: 'tick', stats, timeline: [point(5, 2)] })
    broadcast.tick()
    broadcast.take({ kind: 'tick', stats, timeline: [point(5, 3)] })
    broadcast.take({ kind: 'tick', stats, timeline: [point(0, 9)], whole: true })
    broadcast.tick()
    expect(of(sent, 'timeline')).toEqual([
      [[point(0, 1), point(5, 2)], false],
      [[point(0, 9)], true],
    ])
  })
})
