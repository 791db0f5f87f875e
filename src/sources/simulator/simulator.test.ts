import { describe, expect, it } from 'vitest'
import type { Clock } from '../../types/clock.ts'
import type { Sink } from '../source.ts'
import { createSimulator } from './simulator.ts'

const START = 1_764_000_000

function collect(): { sink: Sink; times: number[]; ids: number[] } {
  const times: number[] = []
  const ids: number[] = []
  const sink: Sink = {
    frame: () => expect.fail('the simulator has no frames'),
    flush: () => {},
    tick: () => {},
    flow(record) {
      times.push(record.last)
      ids.push(record.id)
    },
  }
  return { sink, times, ids }
}

/** Time that passes only by sleeping; `onSleep` sees every sleep. */
function fakeClock(onSleep: (now: number) => void = () => {}): Clock & { jump(seconds: number): void } {
  let now = 5_000
  return {
    now: () => now,
    async sleep(seconds) {
      now += Math.max(seconds, 0.001)
      onSleep(now)
    },
    jump(seconds) {
      now += seconds
    },
  }
}

describe('simulator', () => {
  it('makes one flow at once and then one every two seconds', async () => {
    const { sink, times } = collect()
    const seen: [number, number][] = []
    const clock = fakeClock((now) => seen.push([now - 5_000, times.length]))
    await createSimulator({ seed: 1, start: START, clock, scenario: 'quiet', flows: 5 }).run(
      sink,
      new AbortController().signal,
    )
    expect(times).toEqual([0, 2, 4, 6, 8].map((offset) => START + offset))
    expect(seen.slice(0, 3)).toEqual([
      [2, 1],
      [4, 2],
      [6, 3],
    ])
  })

  it('gives the same flows paced and unpaced', async () => {
    const paced = collect()
    const free = collect()
    const options = { seed: 4, start: START, rate: 5_000, flows: 3_000 }
    const signal = new AbortController().signal
    await createSimulator({ ...options, clock: fakeClock() }).run(paced.sink, signal)
    const report = await createSimulator({ ...options, paced: false }).run(free.sink, signal)
    expect(paced.times).toEqual(free.times)
    expect(report.packets).toBeGreaterThan(3_000)
  })

  it('lets others run between batches', async () => {
    const { sink, ids } = collect()
    const abort = new AbortController()
    setImmediate(() => abort.abort())
    await createSimulator({ seed: 1, start: START }).run(sink, abort.signal)
    expect(ids.length).toBeGreaterThan(0)
  })

  it('ends within a batch when the consumer aborts', async () => {
    const { sink, ids } = collect()
    const abort = new AbortController()
    const flow = (record: Parameters<Sink['flow']>[0]): void => {
      ids.push(record.id)
      if (ids.length === 3) abort.abort()
    }
    await createSimulator({ seed: 1, start: START, scenario: 'quiet' }).run({ ...sink, flow }, abort.signal)
    expect(ids).toEqual([1, 2, 3])
  })

  it('neither stalls nor floods when the clock is set', async () => {
    for (const jump of [-86_400, 86_400]) {
      const { sink, times } = collect()
      let sleeps = 0
      const clock = fakeClock(() => {
        if (++sleeps === 3) clock.jump(jump)
      })
      await createSimulator({ seed: 1, start: START, clock, scenario: 'quiet', flows: 10 }).run(
        sink,
        new AbortController().signal,
      )
      expect(times).toHaveLength(10)
      expect(sleeps).toBe(10)
    }
  })

  it('stops after a duration of simulated time', async () => {
    const { sink, times } = collect()
    const options = { seed: 1, start: START, scenario: 'quiet', rate: 10, duration: 30 }
    await createSimulator(options).run(sink, new AbortController().signal)
    expect(times).toHaveLength(300)
    expect(times.at(-1)!).toBeLessThan(START + 30)
  })
})
