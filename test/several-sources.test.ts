import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { configSchema } from '../src/config.ts'
import { formatAddress } from '../src/net/address.ts'
import { run } from '../src/run.ts'
import { InputError } from '../src/types/errors.ts'
import type { Stats } from '../src/types/events.ts'

const golden = (name: string): string => join(resolve(import.meta.dirname, 'golden'), name, 'input.pcap')
interface Outcome {
  sources: Stats['sources']
  /** Source, opening frame and addresses of every flow, in the order judged. */
  flows: { source: string; id: number; frame: number; pair: string }[]
  error: unknown
}

async function judge(sources: unknown[], flows = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const config = configSchema.parse({ sources })
  const abort = new AbortController()
  const outcome: Outcome = { sources: [], flows: [], error: null }
  const judged = run(
    { config, sources: config.sources },
    {
      clock: systemClock,
      signal: abort.signal,
      judged({ flow: { source, id, frame, address } }) {
        outcome.flows.push({ source, id, frame, pair: `${formatAddress(address, 0)} ${formatAddress(address, 4)}` })
        if (outcome.flows.length >= flows) abort.abort()
      },
    },
  )
  await judged.then(
    ({ stats }) => (outcome.sources = stats.sources),
    (error: unknown) => (outcome.error = error),
  )
  return outcome
}

describe('several sources at once', () => {
  it('are judged together, each flow marked with its source and counted there', async () => {
    const { sources, flows } = await judge(
      [
        { kind: 'simulator', name: 'left', rate: 500 },
        { kind: 'simulator', name: 'right', rate: 500 },
      ],
      400,
    )
    expect(sources.map(({ name, kind, state }) => [name, kind, state])).toEqual([
      ['left', 'simulator', 'ended'],
      ['right', 'simulator', 'ended'],
    ])
    for (const { name, flows: counted } of sources) {
      expect(counted).toBe(flows.filter(({ source }) => source === name).length)
      expect(counted).toBeGreaterThan(10)
    }
    expect(flows.map(({ id }) => id)).toEqual(flows.map((_, i) => i + 1))
  })

  it('do not mix: the same capture by two names gives every flow twice, as it is alone', async () => {
    const file = golden('ssh-guessing')
    const alone = await judge([{ kind: 'read', files: file }])
    const twice = await judge([
      { kind: 'read', name: 'one', files: file },
      { kind: 'read', name: 'two', files: file },
    ])
    const shape = ({ frame, pair }: Outcome['flows'][number]): string => `${frame} ${pair}`
    for (const name of ['one', 'two']) {
      expect(twice.flows.filter(({ source }) => source === name).map(shape)).toEqual(alone.flows.map(shape))
    }
    expect(twice.sources[0]).toMatchObject({ packets: alone.sources[0]!.packets, bytes: alone.sources[0]!.bytes })
    expect(alone.sources[0]!.packets).toBeGreaterThan(500)
  })

  it('what is past comes before what goes on', async () => {
    const { flows } = await judge(
      [
        { kind: 'simulator', rate: 500 },
        { kind: 'read', files: [golden('benign'), golden('ipv6')] },
      ],
      300,
    )
    const first = flows.findIndex(({ source }) => source === 'simulator')
    expect(first).toBeGreaterThan(100)
    expect(flows.slice(first).every(({ source }) => source === 'simulator')).toBe(true)
  })

  it('one that cannot be opened stops all, with its message', async () => {
    const { error } = await judge([{ kind: 'read', files: '/nowhere.pcap' }, { kind: 'simulator' }])
    expect(error).toBeInstanceOf(InputError)
    expect(String(error)).toContain('/nowhere.pcap')
  })
})
