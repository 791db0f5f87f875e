import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress } from '../../net/address.ts'
import { copyFlowRecord, createFlowRecord, PROTOCOL } from '../../net/flow-record.ts'
import { InputError } from '../../types/errors.ts'
import type { Direction, FlowRecord } from '../../types/flow.ts'
import { campaigns } from './campaigns/index.ts'
import { SCENARIOS } from './scenarios.ts'
import { createTraffic, type TrafficOptions } from './traffic.ts'

const START = 1_764_000_000

function flowsOf(options: Partial<TrafficOptions>, ticks: number): FlowRecord[] {
  const flows: FlowRecord[] = []
  const traffic = createTraffic({ seed: 1, start: START, ...options })
  while (traffic.ticks < ticks) traffic.tick((flow) => flows.push(copyFlowRecord(flow, createFlowRecord())))
  return flows
}

/** Records of push and MQTT connections that have ports of their own, by connection. */
function standingSeries(flows: FlowRecord[]): Map<string, FlowRecord[]> {
  const series = new Map<string, FlowRecord[]>()
  for (const flow of flows.filter(({ dstPort }) => dstPort === 8883 || dstPort === 5223)) {
    const key = `${flow.address} ${flow.srcPort} ${flow.opened}`
    series.set(key, [...(series.get(key) ?? []), flow])
  }
  return series
}

const EPSILON = 1e-6
const ordered = (...values: number[]): boolean => values.every((v, i) => i === 0 || values[i - 1]! <= v + EPSILON)

/** Why the direction cannot be; empty when it can. */
function faultOf(direction: Direction, duration: number): string {
  const { packets, bytes, payload } = direction
  if (packets === 0) return Object.values(direction).every((value) => value === 0) ? '' : 'something of nothing'
  if (!ordered(1, direction.lengthMin, direction.lengthMean, direction.lengthMax, 65_535)) return 'lengths out of order'
  if (Math.abs(direction.lengthMean * packets - bytes) > 1e-3) return 'bytes are not packets times mean'
  if (!ordered(0, payload, bytes)) return 'payload above bytes'
  if (direction.lengthDeviation > (direction.lengthMax - direction.lengthMin) / 2 + EPSILON) return 'length deviation'
  const { gapMin, gapMean, gapMax, gapDeviation } = direction
  if (!ordered(0, gapMin, gapMean, gapMax, duration)) return 'gaps out of order'
  if (gapMean * (packets - 1) > duration + 1e-4) return 'gaps longer than the flow'
  if (gapDeviation > (gapMax - gapMin) / 2 + EPSILON) return 'gap deviation'
  const flags = [direction.fin, direction.syn, direction.rst, direction.psh, direction.ack, direction.urg]
  return flags.every((count) => ordered(0, count, packets)) ? '' : 'more flags than packets'
}

function stateFault({ protocol, connState, forward, reverse }: FlowRecord): string {
  if (protocol !== PROTOCOL.tcp) {
    if (forward.ack + reverse.ack + forward.syn > 0) return 'flags without TCP'
    return connState === (reverse.packets > 0 ? 'SF' : 'S0') ? '' : 'state of what is not TCP'
  }
  const truths: Record<string, boolean> = {
    S0: forward.syn > 0 && reverse.packets === 0,
    REJ: forward.syn > 0 && reverse.rst > 0 && reverse.syn === 0,
    SF: forward.fin > 0 && reverse.fin > 0,
    S1: forward.fin + reverse.fin + forward.rst + reverse.rst === 0,
    RSTO: forward.rst > 0 && reverse.rst === 0,
    RSTR: reverse.rst > 0,
  }
  return (truths[connState] ?? true) ? '' : `flags do not make ${connState}`
}

function faults(flow: FlowRecord): string[] {
  const duration = flow.last - flow.first
  const found = [faultOf(flow.forward, duration), faultOf(flow.reverse, duration), stateFault(flow)]
  if (flow.forward.packets === 0) found.push('no first packet')
  if (flow.protocol !== PROTOCOL.tcp && Math.max(flow.forward.gapMax, flow.reverse.gapMax) > 15)
    found.push('idle too long')
  if (duration < 0 || duration > 60) found.push(`lasts ${duration} s`)
  if (flow.opened > flow.first || (flow.slice === 0 && flow.opened !== flow.first)) found.push('opened after it began')
  return found.filter((fault) => fault !== '').map((fault) => `${flow.label || 'benign'} ${flow.service}: ${fault}`)
}

describe('traffic', () => {
  it('is physically possible, whatever the seed, rate and scenario', () => {
    const options = {
      seed: fc.integer({ min: 0, max: 0xffffffff }),
      scenario: fc.constantFrom('home', 'quiet', 'campaigns'),
      rate: fc.constantFrom(0.2, 0.5, 3, 40),
    }
    fc.assert(
      fc.property(fc.record(options), (chosen) => {
        expect(flowsOf(chosen, 400).flatMap(faults)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  it('is the same for the same seed, and another for another', () => {
    const text = (seed: number): string => JSON.stringify(flowsOf({ seed, rate: 2 }, 600))
    expect(text(7)).toBe(text(7))
    expect(text(7)).not.toBe(text(8))
  })

  it('leaves the background alone when it attacks', () => {
    const benign = flowsOf({ scenario: 'home' }, 300).filter((flow) => flow.label === '')
    const quiet = flowsOf({ scenario: 'quiet' }, 300)
    const keys = (flows: FlowRecord[]): string[] =>
      flows.map((flow) => `${flow.last} ${flow.srcPort} ${flow.forward.bytes}`)
    expect(keys(benign)).toEqual(keys(quiet))
  })

  it('numbers flows from 1 and gives them in the order they ended', () => {
    const flows = flowsOf({ scenario: 'campaigns', rate: 1 }, 2_000)
    flows.forEach((flow, i) => {
      expect(flow.id).toBe(i + 1)
      if (i > 0) expect(flow.last).toBeGreaterThanOrEqual(flows[i - 1]!.last)
    })
  })

  it('leaves the first twenty flows in peace and attacks within a minute', () => {
    for (let seed = 0; seed < 50; seed++) {
      const flows = flowsOf({ seed }, 30)
      expect(flows.slice(0, 22).every((flow) => flow.label === '')).toBe(true)
      expect(flows.some((flow) => flow.label !== '' && flow.last < START + 58)).toBe(true)
      expect(new Set(flows.slice(0, 20).map((flow) => flow.service || flow.protocol)).size).toBeGreaterThan(8)
    }
  })

  it('stages every variant of every family, possible and as the truth has it', () => {
    const traffic = createTraffic({ seed: 3, scenario: 'campaigns', rate: 0.05, start: START })
    const labelled = new Map<string, number>()
    const found = new Set<string>()
    while (traffic.ticks < 4_500) {
      traffic.tick((flow) => {
        if (flow.label !== '') labelled.set(flow.label, (labelled.get(flow.label) ?? 0) + 1)
        for (const fault of faults(flow)) found.add(fault)
      })
    }
    expect([...found]).toEqual([])
    const staged = traffic.truth.map(({ family, variant }) => `${family} ${variant}`)
    expect(staged).toEqual(
      campaigns.flatMap(({ family, variants }) => variants.map((variant) => `${family} ${variant}`)),
    )
    const counted = new Map<string, number>()
    for (const { family, flows } of traffic.truth) counted.set(family, (counted.get(family) ?? 0) + flows)
    expect(labelled).toEqual(counted)
    for (const { start, end, attacker, victim } of traffic.truth) {
      expect(end).toBeGreaterThan(start)
      expect(attacker !== '' || victim !== '').toBe(true)
    }
  })

  it('tells of connections that stand slice by slice, from the handshake to the end', () => {
    const all = [...standingSeries(flowsOf({ scenario: 'quiet' }, 20_000)).values()]
    const ended = all.filter((slices) => slices.at(-1)!.endReason === 'end')
    expect(ended.length).toBeGreaterThan(5)
    for (const slices of all) {
      expect(slices[0]).toMatchObject({ slice: 0, opened: slices[0]!.first, forward: { syn: 1 } })
      for (const [i, slice] of slices.slice(1).entries()) {
        const before = slices[i]!
        expect(slice.slice).toBe(before.slice + 1)
        expect(before.endReason).toBe('active')
        // A meter cuts at the first packet 60 s after the first of the slice.
        expect(slice.first - before.first).toBeGreaterThanOrEqual(60)
        expect(before.last - before.first).toBeLessThan(60)
        expect(slice.first - before.last).toBeLessThan(60)
      }
    }
  })

  it('speaks IPv6 as well: web, neighbours, multicast', () => {
    const texts = flowsOf({ scenario: 'quiet' }, 4_000).map(({ address, protocol, dstPort }) => {
      return `${protocol} ${formatAddress(address, 0)} ${formatAddress(address, 4)} ${dstPort}`
    })
    const count = (pattern: RegExp): number => texts.filter((text) => pattern.test(text)).length
    expect(count(/^6 2001:db8:\S+ 2001:db8:ffff:\S+ 443$/)).toBeGreaterThan(100)
    expect(count(/^58 fe80::\S+ (fe80::|ff02::)/)).toBeGreaterThan(50)
    expect(count(/^17 fe80::\S+ ff02::fb 5353$/)).toBeGreaterThan(20)
  })

  it('stages one family or one variant alone when asked to', () => {
    const traffic = createTraffic({ seed: 1, start: START, scenario: 'campaigns', family: 'dga', peace: 60 })
    while (traffic.ticks < 2_000) traffic.tick(() => {})
    expect(traffic.truth.map(({ family, start }) => [family, start])).toEqual([['dga', START + 60]])
    const asked = { seed: 1, start: START, scenario: 'campaigns' }
    expect(() => createTraffic({ ...asked, family: 'dag' })).toThrow(/dga/)
    expect(() => createTraffic({ ...asked, family: 'beacon', variant: 'ftp' })).toThrow(/https, http/)
  })

  it('never trips the classic thresholds when nobody attacks', () => {
    const anomalous = ({ protocol, forward, reverse }: FlowRecord): boolean => {
      const packets = forward.packets + reverse.packets
      if (packets <= 800 || forward.bytes + reverse.bytes <= 40_000) return false
      return protocol === PROTOCOL.icmp || (protocol === PROTOCOL.tcp && packets > 5_000)
    }
    expect(flowsOf({ scenario: 'quiet', rate: 20 }, 5_000).filter(anomalous)).toEqual([])
  })

  it('has an original mode of uniform numbers', () => {
    const flows = flowsOf({ scenario: 'classic' }, 2_000)
    const packets = flows.map(({ forward }) => forward.packets)
    expect(Math.min(...packets)).toBeGreaterThanOrEqual(25)
    expect(Math.max(...packets)).toBeLessThanOrEqual(3_050)
    expect(packets.reduce((sum, n) => sum + n, 0) / 2_000).toBeGreaterThan(1_450)
    expect(new Set(flows.map(({ protocol, service }) => `${protocol}${service}`)).size).toBe(5)
  })

  it('says what is allowed', () => {
    expect(() => createTraffic({ seed: 1, start: START, scenario: 'hom' })).toThrow(InputError)
    expect(() => createTraffic({ seed: 1, start: START, scenario: 'hom' })).toThrow(Object.keys(SCENARIOS).join(', '))
    expect(() => createTraffic({ seed: 1, start: START, rate: 0 })).toThrow(InputError)
  })
})

describe('campaigns', () => {
  it('have names of their own and technique ids', () => {
    expect(new Set(campaigns.map(({ family }) => family)).size).toBe(campaigns.length)
    for (const { attack, variants } of campaigns) {
      expect(attack.every((id) => /^T\d{4}(\.\d{3})?$/.test(id))).toBe(true)
      expect(variants.length).toBeGreaterThan(0)
    }
  })
})
