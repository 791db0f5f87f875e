import { describe, expect, it } from 'vitest'
import { createDecoder } from '../src/decode/decoder.ts'
import { createFlowTable } from '../src/flows/flow-table.ts'
import { createRandom } from '../src/math/random.ts'
import { formatAddress, formatMac } from '../src/net/address.ts'
import { copyFlowRecord, createFlowRecord, PROTOCOL } from '../src/net/flow-record.ts'
import { kinds } from '../src/sources/simulator/benign/index.ts'
import { campaigns } from '../src/sources/simulator/campaigns/index.ts'
import { Conversation, type Opening, SYN } from '../src/sources/simulator/conversation.ts'
import { createNetwork } from '../src/sources/simulator/network.ts'
import type { Direction, FlowRecord } from '../src/types/flow.ts'
import * as craft from './craft/index.ts'

const START = 1_764_000_000
const ETHERNET = 1

/** A conversation that remembers its packets. */
class Recording extends Conversation {
  sent: { forward: boolean; at: number; payload: number; flags: number }[] = []
  opening: Opening | undefined

  override open(opening: Opening, time = 0): void {
    this.sent = []
    this.opening = opening
    super.open(opening, time)
  }

  override forward(gap: number, payload: number, flags = 0): void {
    super.forward(gap, payload, flags)
    this.sent.push({ forward: true, at: this.elapsed, payload, flags })
  }

  override reverse(gap: number, payload: number, flags = 0): void {
    super.reverse(gap, payload, flags)
    this.sent.push({ forward: false, at: this.elapsed, payload, flags })
  }
}

/** The frames of what was written, as they would have been on the wire. */
function framesOf({ sent, record, opening }: Recording): craft.Frame[] {
  const ends = [0, 4].map((offset) => formatAddress(record.address, offset))
  const macs = [record.srcMac, record.dstMac].map(formatMac)
  return sent.map(({ forward, at, payload, flags }) => {
    const [from, to] = forward ? [0, 1] : [1, 0]
    const link = craft.ethernet({ src: macs[from]!, dst: macs[to]! })
    const network = networkLayer(ends[from]!, ends[to]!, forward ? record.ttl : 64)
    const bytes =
      record.protocol === PROTOCOL.arp
        ? craft.packet(link, arp(record, ends, macs, forward))
        : craft.packet(link, network, transport(record, opening!, forward, flags), new Uint8Array(payload))
    return { time: START + at, bytes }
  })
}

function networkLayer(src: string, dst: string, ttl: number): craft.Layer {
  return src.includes(':') ? craft.ipv6({ src, dst, hopLimit: ttl }) : craft.ipv4({ src, dst, ttl })
}

function arp({ srcPort }: FlowRecord, ends: string[], macs: string[], forward: boolean): craft.Layer {
  const [from, to] = forward ? [0, 1] : [1, 0]
  const operation = forward && srcPort === 1 ? 'request' : 'reply'
  return craft.arp({ operation, senderMac: macs[from]!, sender: ends[from]!, targetMac: macs[to]!, target: ends[to]! })
}

const LETTERS = 'FSRPAUEC'

function transport(record: FlowRecord, opening: Opening, forward: boolean, flags: number): craft.Layer {
  const { protocol, srcPort, dstPort } = record
  const ports = forward ? { srcPort, dstPort } : { srcPort: dstPort, dstPort: srcPort }
  if (protocol === PROTOCOL.icmp) return craft.icmp({ type: forward ? srcPort : 0, code: dstPort, rest: 7 << 16 })
  if (protocol === PROTOCOL.icmp6) return craft.icmp6({ type: srcPort, code: dstPort })
  if (protocol === PROTOCOL.udp) return craft.udp(ports)
  const header = (flags & SYN) !== 0 ? (opening.synHeader ?? 60) : (flags & 4) !== 0 ? 40 : (opening.header ?? 52)
  const letters = [...LETTERS].filter((_, bit) => (flags & (1 << bit)) !== 0).join('')
  return craft.tcp({ ...ports, flags: letters, options: new Uint8Array(header - 40).fill(1) })
}

/** What the decoder and the flow table make of the frames. */
function metered(frames: readonly craft.Frame[]): FlowRecord[] {
  const flows: FlowRecord[] = []
  const decoder = createDecoder()
  const table = createFlowTable({ cap: 16, firstSlice: 60 }, (flow) =>
    flows.push(copyFlowRecord(flow, createFlowRecord())),
  )
  const pass = (): void => {
    table.add(decoder.batch)
    decoder.clear()
  }
  // Each frame is a buffer of its own, and rows point into the buffer.
  for (const { bytes, time } of frames) {
    decoder.decode(bytes, 0, bytes.length, bytes.length, time, ETHERNET)
    pass()
  }
  table.flush()
  return flows
}

const TIMES = /^gap/

function comparable(direction: Direction): Record<string, number> {
  return Object.fromEntries(
    Object.entries(direction).map(([name, value]) => [name, Number(value.toFixed(TIMES.test(name) ? 4 : 6))]),
  )
}

function same(recording: Recording, name: string): void {
  const written = recording.finish()
  if (written.slice > 0) return
  const flows = metered(framesOf(recording))
  expect(flows.length, name).toBe(1)
  const [flow] = flows
  for (const field of ['protocol', 'service', 'srcPort', 'dstPort', 'srcMac', 'dstMac', 'ttl', 'connState'] as const) {
    expect(flow![field], `${name}: ${field}`).toBe(written[field])
  }
  expect(flow!.address).toEqual(written.address)
  expect(flow!.last - flow!.first).toBeCloseTo(recording.elapsed, 4)
  for (const side of ['forward', 'reverse'] as const) {
    const [found, expected] = [comparable(flow![side]), comparable(written[side])]
    for (const field of Object.keys(expected)) {
      expect(found[field], `${name}: ${side}.${field}`).toBeCloseTo(expected[field]!, TIMES.test(field) ? 3 : 6)
    }
  }
}

describe('simulated flows are what the meter would have made of their packets', () => {
  const network = createNetwork(0)

  it.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
    const random = createRandom(11)
    for (let i = 0; i < 4; i++) {
      const talk = new Recording()
      kind.write({ random, network, talk })
      same(talk, name)
    }
  })

  const variants = campaigns.flatMap((campaign) =>
    campaign.variants.map((variant) => [campaign.family, variant, campaign] as const),
  )

  it.each(variants)('%s: %s', (family, variant, campaign) => {
    const talk = new Recording()
    let left = 12
    const push = (): void => {
      if (left-- > 0) same(talk, `${family} ${variant}`)
    }
    const random = createRandom(12)
    campaign.generate({ random, network, talk, start: START, amount: (few) => few, push }, variant)
    expect(left).toBeLessThan(12)
  })
})
