import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROTOCOL } from '../../net/flow-record.ts'
import type { ConnState, Direction } from '../../types/flow.ts'
import { ACK, Conversation, FIN, type Opening, PSH, RST, SYN } from './conversation.ts'
import { createNetwork } from './network.ts'

const { laptop, nas, devices, sites } = createNetwork(0)
const TCP: Opening = { protocol: PROTOCOL.tcp, source: laptop, destination: nas, srcPort: 50_000, dstPort: 22 }

interface Sent {
  forward: boolean
  gap: number
  payload: number
  flags: number
}

function play(packets: readonly Sent[]) {
  const talk = new Conversation()
  talk.open(TCP, 1_000)
  for (const { forward, gap, payload, flags } of packets) {
    if (forward) talk.forward(gap, payload, flags)
    else talk.reverse(gap, payload, flags)
  }
  return talk.finish()
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: number[]): number => (values.length === 0 ? 0 : sum(values) / values.length)
const deviation = (values: number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))

function naive(packets: readonly Sent[], forward: boolean): Partial<Direction> {
  let now = 0
  const timed = packets.map((packet) => {
    now += packet.gap
    return { ...packet, time: now }
  })
  const own = timed.filter((packet) => packet.forward === forward)
  const lengths = own.map(({ payload, flags }) => payload + ((flags & SYN) !== 0 ? 60 : (flags & RST) !== 0 ? 40 : 52))
  const gaps = own.slice(1).map(({ time }, i) => time - own[i]!.time)
  return {
    packets: own.length,
    bytes: sum(lengths),
    payload: sum(own.map(({ payload }) => payload)),
    lengthMin: own.length === 0 ? 0 : Math.min(...lengths),
    lengthMax: Math.max(0, ...lengths),
    lengthMean: mean(lengths),
    lengthDeviation: deviation(lengths),
    gapMin: gaps.length === 0 ? 0 : Math.min(...gaps),
    gapMax: Math.max(0, ...gaps),
    gapMean: mean(gaps),
    gapDeviation: deviation(gaps),
    psh: own.filter(({ flags }) => (flags & PSH) !== 0).length,
    ack: own.filter(({ flags }) => (flags & ACK) !== 0).length,
  }
}

describe('conversation', () => {
  it('adds up to what arithmetic on the packets gives', () => {
    const sent = fc.record({
      forward: fc.boolean(),
      gap: fc.double({ min: 0, max: 5, noNaN: true }),
      payload: fc.integer({ min: 0, max: 1448 }),
      flags: fc.constantFrom(0, SYN, ACK, PSH | ACK, RST, FIN | ACK),
    })
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 60 }), (packets) => {
        const record = play(packets)
        for (const forward of [true, false]) {
          const direction = forward ? record.forward : record.reverse
          for (const [name, value] of Object.entries(naive(packets, forward))) {
            expect(direction[name as keyof Direction], name).toBeCloseTo(value, 6)
          }
        }
        expect(record.last).toBeCloseTo(1_000 + sum(packets.map(({ gap }) => gap)), 6)
      }),
    )
  })

  it('names how a connection went as Zeek does', () => {
    const histories: Record<string, ConnState> = {
      S: 'S0',
      Sr: 'REJ',
      Sh: 'S1',
      ShA: 'S1',
      ShAFfA: 'SF',
      ShAF: 'S2',
      ShAf: 'S3',
      ShAR: 'RSTO',
      ShAr: 'RSTR',
      ShR: 'RSTO',
      SR: 'RSTOS0',
      SF: 'SH',
      F: 'SH',
      Fr: 'RSTR',
      Nr: 'RSTRH',
      N: 'OTH',
    }
    const flags: Record<string, number> = {
      S: SYN,
      h: SYN | ACK,
      A: ACK,
      F: FIN | ACK,
      f: FIN | ACK,
      R: RST,
      r: RST | ACK,
      N: 0,
    }
    for (const [history, state] of Object.entries(histories)) {
      const packets = [...history].map((letter) => ({
        forward: letter === letter.toUpperCase(),
        gap: 0.01,
        payload: 0,
        flags: flags[letter]!,
      }))
      expect(play(packets).connState, history).toBe(state)
    }
  })
})

describe('network', () => {
  it('has one address and one MAC for each device and one address for each site', () => {
    const outside = Object.values(sites).flat()
    expect(new Set(devices.map(({ address }) => address)).size).toBe(devices.length)
    expect(new Set(devices.map(({ mac }) => mac)).size).toBe(devices.length)
    expect(new Set(outside.map(({ address }) => address)).size).toBe(outside.length)
    expect(new Set(outside.map(({ name }) => name)).size).toBe(outside.length)
  })
})
