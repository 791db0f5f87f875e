import { describe, expect, it } from 'vitest'
import { FILE_KINDS } from '../../src/sources/index.ts'
import { corpusOf } from './corpus.ts'
import { Coverage } from './coverage.ts'
import { LOG_SAMPLES } from './logs.ts'
import { createDice, mutate } from './mutate.ts'
import { defaults, judgeMutated } from './pipeline.ts'
import { PACKETS } from './samples.ts'
import { readLog, TARGETS } from './targets.ts'

/** Changed inputs a target is shown here; `npm run fuzz` shows it as many as there is time for. */
const INPUTS = 300

describe.each(Object.entries(TARGETS))('fuzz target %s', (name, { samples, run }) => {
  it('takes its samples, what was kept of earlier runs, and changes of both', () => {
    const inputs = [...samples, ...corpusOf(name)]
    expect(samples.length).toBeGreaterThan(0)
    for (const input of inputs) run(Uint8Array.from(input))
    const buffer = new Uint8Array(4096)
    const dice = createDice(7)
    for (let i = 0; i < INPUTS; i++) run(buffer.slice(0, mutate(inputs, buffer, dice)))
  })
})

describe('targets', () => {
  it('are there for every kind of log', () => {
    const kinds = Object.values(LOG_SAMPLES).map(({ kind }) => kind)
    expect(FILE_KINDS.logs.map(({ kind }) => kind).filter((kind) => !kinds.includes(kind))).toEqual([])
  })

  it.each(Object.entries(LOG_SAMPLES))('begin with a log that is read: %s', (_, { kind, samples }) => {
    const format = FILE_KINDS.logs.find((one) => one.kind === kind)!
    for (const sample of samples) {
      let flows = 0
      expect(format.recognises(sample, 'input')).toBe(true)
      readLog(format, sample, () => flows++)
      expect(flows).toBeGreaterThan(0)
    }
  })
})

describe('mutated packets', () => {
  it('are judged from frame to verdict: none is lost, nothing throws', { timeout: 60_000 }, () => {
    const { flows, undecoded } = judgeMutated(30_000, 3, defaults())
    expect(flows).toBeGreaterThan(3_000)
    expect(undecoded).toBeGreaterThan(500)
  })

  it('are the same for the same seed', () => {
    const [one, two] = [1, 1].map((seed) => {
      const buffer = new Uint8Array(2048)
      const dice = createDice(seed)
      return Array.from({ length: 200 }, () =>
        Buffer.from(buffer.slice(0, mutate(PACKETS, buffer, dice))).toString('hex'),
      )
    })
    expect(one).toEqual(two)
  })
})

describe('coverage', () => {
  it('tells whether something ran that had not', () => {
    const coverage = new Coverage()
    TARGETS.ssh!.run(TARGETS.ssh!.samples[0]!)
    expect(coverage.take(true)).toBeGreaterThan(0)
    TARGETS.ssh!.run(TARGETS.ssh!.samples[0]!)
    expect(coverage.take()).toBeGreaterThan(0)
    TARGETS.ssh!.run(TARGETS.ssh!.samples[0]!)
    expect(coverage.take()).toBe(0)
    TARGETS.dhcp!.run(TARGETS.dhcp!.samples[0]!)
    expect(coverage.take()).toBeGreaterThan(0)
    coverage.close()
  })
})
