import { describe, expect, it } from 'vitest'
import type { FlowRecord } from '../../src/types/flow.ts'
import { attack, HOUR, START, watch } from '../learning/world.ts'
import { CASES } from './cases.ts'
import { isElsewhere } from './pieces.ts'

const BEGINS = START + 4 * HOUR
const ENDS = BEGINS + HOUR
const SECONDS = 5.5 * HOUR

/** Titles of what a household is told of, from a cold start on, while it does that for an hour. */
function told(name: keyof typeof CASES, added: readonly FlowRecord[] = []): string[] {
  const from = name === 'agents' ? START : BEGINS
  const until = name === 'agents' ? START + SECONDS : ENDS
  const background = (flow: FlowRecord): boolean =>
    name !== 'outage' || flow.first < BEGINS || flow.first >= ENDS || !isElsewhere(flow)
  const all = [...CASES[name](1, from, until), ...added]
  return watch({ seed: 1, seconds: SECONDS, added: all, background })
    .incidents()
    .map(({ title }) => title)
}

describe('a household is left in peace', () => {
  it.each([
    ['shares files with hundreds of strangers, half of whom are gone', 'p2p'],
    ['looks at hundreds of sites within minutes', 'browsing'],
    ['plays with dozens of servers, and with players without one', 'games'],
    ['has no Internet, and tries again and again', 'outage'],
    ['has appliances and agents that report by the clock', 'agents'],
  ] as const)('that %s', (_, name) => {
    expect(told(name)).toEqual([])
  })
})

describe('and told of an attack meanwhile', () => {
  it.each([
    ['p2p', 'vertical-scan', 'connect', 'Port Scan'],
    ['p2p', 'beacon', 'https', 'Beacon'],
    ['browsing', 'exfiltration', 'https', 'Data Exfiltration'],
    ['outage', 'horizontal-sweep', 'tcp', 'Host Sweep'],
    ['agents', 'beacon', 'http', 'Beacon'],
  ] as const)('while it has %s: %s %s', (name, family, variant, type) => {
    const titles = told(name, attack(7, family, variant, BEGINS + 1_200))
    expect(titles).toHaveLength(1)
    expect(titles[0]).toMatch(`${type} from`)
  })
})
