import { describe, expect, it } from 'vitest'
import {
  clientHello,
  concat,
  dns,
  httpRequest,
  httpResponse,
  serverHello,
  u8,
  u16,
  u32,
  zeros,
} from '../../../test/craft/index.ts'
import { createRandom, integer, type Random } from '../../math/random.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import { createPacketBatch } from '../../net/packet-batch.ts'
import type { FlowNames } from '../../types/flow.ts'
import type { PacketBatch } from '../../types/packet.ts'
import { createNames } from './names.ts'

const ROUNDS = 1_000_000
const SLOTS = 64
const PORTS = [21, 22, 25, 53, 67, 69, 80, 443, 445, 502, 3389, 5353, 8081]

const message = dns({ name: 'www.example.com', response: true, answers: [{ type: 'CNAME', value: 'a.example' }] })
const SAMPLES = [
  dns({ name: `${'x'.repeat(60)}.${'y'.repeat(60)}.tunnel.example`, type: 'TXT' }),
  concat(u16(7, 0, 2, 0, 0, 0), u8(1, 0x78, 0), u16(12, 1), u8(1, 0x79), u16(0xc00c), u16(12, 1)),
  concat(u16(message.length), message),
  httpRequest({ path: '/a%2e%2e/b?q=%27+or+1=1', host: 'h.example' }),
  httpResponse({ status: 404 }),
  clientHello({ serverName: 'sni.example' }),
  serverHello(),
  concat(u8(1, 1, 6, 0), zeros(232), u32(0x63825363), u8(53, 1, 1, 50, 4, 10, 0, 0, 1, 12, 3, 97, 98, 99, 255)),
  concat(u16(1, 0, 6), u8(1, 6), u16(1, 2), u16(2, 0, 6), u8(1, 3), u16(1, 2)),
  concat(u16(2), 'boot.bin\0octet\0'),
  concat(u8(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0)),
  concat(u32(64), u8(0xfe), 'SMB@'),
  concat('220 mx.example.com ESMTP\r\n'),
  concat('SSH-2.0-OpenSSH_9.6\r\n'),
  concat('INVITE sip:bob@example.com SIP/2.0\r\n'),
]

/** Writes a sample into `buffer`, changed here and there, cut or joined to another; its length. */
function mutate(random: Random, buffer: Uint8Array): number {
  const sample = SAMPLES[integer(random, 0, SAMPLES.length - 1)]!
  buffer.set(sample)
  let length = sample.length
  if (random() < 0.2) {
    const other = SAMPLES[integer(random, 0, SAMPLES.length - 1)]!
    const at = integer(random, 0, length)
    buffer.set(other, at)
    length = at + other.length
  }
  for (let changes = integer(random, 0, 4); changes > 0; changes--) {
    buffer[integer(random, 0, length - 1)] = random() < 0.3 ? 0xff : integer(random, 0, 255)
  }
  return random() < 0.3 ? integer(random, 1, length) : length
}

/** Everything wrong with what was read. */
function faults(names: FlowNames): string[] {
  return Object.entries(names).flatMap(([key, value]) => {
    if (typeof value === 'string') return /^[\x20-\x7e]{0,1024}$/.test(value) ? [] : [`${key}: ${value}`]
    if (Array.isArray(value)) return value.length <= 256 && value.every(Number.isInteger) ? [] : [key]
    return Number.isFinite(value) && (value as number) >= 0 ? [] : [`${key}: ${value}`]
  })
}

/** A row with a mutated payload at `at` of the batch's buffer, from or to some port. */
function fill(random: Random, batch: PacketBatch, at: number): boolean {
  const forward = random() < 0.7
  const port = PORTS[integer(random, 0, PORTS.length - 1)]!
  batch.payloadAt[0] = at
  batch.payloadCaptured[0] = mutate(random, batch.buffer.subarray(at))
  batch.protocol[0] = random() < 0.6 ? PROTOCOL.tcp : PROTOCOL.udp
  batch.ports[0] = forward ? (50_000 << 16) | port : (port << 16) | 50_000
  return forward
}

function createRow(): PacketBatch {
  const batch = createPacketBatch(1)
  batch.buffer = new Uint8Array(4096)
  return batch
}

describe('payloads nobody meant', () => {
  it('are read, a million of them, into printable strings and finite numbers', { timeout: 120_000 }, () => {
    const random = createRandom(5)
    const reader = createNames()
    const batch = createRow()
    let read = 0
    for (let round = 0; round < ROUNDS; round++) {
      const slot = integer(random, 0, SLOTS - 1)
      const forward = fill(random, batch, 0)
      reader.read(slot, batch, 0, forward, integer(random, 1, 9))
      const names = random() < 0.1 ? reader.names(slot) : null
      if (names !== null) {
        read++
        const found = faults(names)
        if (found.length > 0) expect.fail(found.join('\n'))
      }
      if (random() < 0.2) reader.forget(slot)
    }
    expect(read).toBeGreaterThan(ROUNDS / 50)
    expect(reader.counters().open).toBeLessThanOrEqual(SLOTS)
  })

  it('are read up to their end, whatever lies around them', { timeout: 60_000 }, () => {
    const random = createRandom(6)
    const batch = createRow()
    for (let round = 0; round < ROUNDS / 20; round++) {
      const forward = fill(random, batch, 100)
      const end = 100 + batch.payloadCaptured[0]!
      const told = [0, 0xff, 0x0a].map((filler) => {
        batch.buffer.fill(filler, 0, 100)
        batch.buffer.fill(filler, end)
        const reader = createNames()
        return [reader.read(1, batch, 0, forward, 1), reader.service(1, ''), JSON.stringify(reader.names(1))]
      })
      if (String(told[1]) !== String(told[0]) || String(told[2]) !== String(told[0])) {
        expect.fail(`${Buffer.from(batch.buffer.subarray(100, end)).toString('hex')}: ${told.join(' | ')}`)
      }
    }
  })
})
