import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { household } from './craft/cases/household.ts'
import { START } from './craft/index.ts'

const HOUR = 3_600
/** Five minutes of a small network in which nothing is wrong. */
const QUIET = household()
const HALF = QUIET.length / 2

interface Judged {
  flows: number
  incidents: string[]
  shortest: number
  longest: number
  /** Times the captured clock was found set. */
  steps: number
}

/** What becomes of the frames when the capturing clock shows `clock` of what it is. */
function judge(clock: (time: number, index: number) => number): Judged {
  const config = loadConfig(undefined, {})
  const durations: number[] = []
  const whole = createPipeline({
    config,
    rules: rulesOf({ config, sources: [] }),
    onJudged: ({ flow }) => durations.push(flow.last - flow.first),
  })
  const intake = whole.intake('craft')
  QUIET.forEach(({ bytes, time }, index) => {
    intake.frame(bytes, 0, bytes.length, bytes.length, clock(time, index), 1)
    intake.flush()
  })
  whole.finish()
  return {
    flows: durations.length,
    incidents: whole.incidents().map(({ title }) => title),
    shortest: Math.min(...durations),
    longest: Math.max(...durations),
    steps: whole.stats().counters.find(({ name }) => name === 'flows.clock-steps')?.value ?? 0,
  }
}

describe('a clock that is set while nothing is wrong', () => {
  const usual = judge((time) => time)
  const later = (by: number) => (time: number, index: number) => (index < HALF ? time : time + by)

  it('is quiet before', () => expect(usual).toMatchObject({ incidents: [], steps: 0 }))

  it.each([
    ['an hour ahead', later(HOUR), 1],
    ['an hour back', later(-HOUR), 1],
    ['a minute back', later(-60), 1],
    ['to 1970', later(-START), 1],
    ['to 2106', later(2 ** 32 - 1 - START - 300), 1],
    ['an hour ahead and back again', (time: number, i: number) => later(i < HALF * 1.5 ? HOUR : 0)(time, i), 2],
    ['an hour back and ahead again', (time: number, i: number) => later(i < HALF * 1.5 ? -HOUR : 0)(time, i), 2],
    [
      'for one packet in a hundred',
      (time: number, i: number) => (i % 100 === 50 ? time + HOUR * ((i % 3) - 1) : time),
      0,
    ],
  ])(
    '%s: no flow is negative or longer, none is cut but those of that moment, and nobody is accused',
    (_, clock, steps) => {
      const found = judge(clock)
      expect(found.incidents).toEqual([])
      expect(found.shortest).toBeGreaterThanOrEqual(0)
      expect(found.longest).toBeLessThanOrEqual(usual.longest + 1)
      expect(Math.abs(found.flows - usual.flows)).toBeLessThanOrEqual(8)
      expect(found.steps).toBe(steps)
    },
  )

  it.each([10, 0.1])('that runs %d times as fast accuses nobody', (times) => {
    const found = judge((time) => START + (time - START) * times)
    expect(found.incidents).toEqual([])
    expect(found.shortest).toBeGreaterThanOrEqual(0)
  })
})
