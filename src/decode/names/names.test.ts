import { describe, expect, it } from 'vitest'
import { clientHello, concat, dns, httpRequest, httpResponse, tlsData, u16 } from '../../../test/craft/index.ts'
import { READING } from '../../net/payload-reader.ts'
import { createNames } from './names.ts'
import { rowOf, type Sent } from './payload.case.ts'

/** Shows these payloads of one flow to a reader; what it answered to the last, and the reader. */
function show(slot: number, payloads: readonly Sent[], reader = createNames()) {
  const packets = { true: 0, false: 0 }
  let reading = 0
  for (const sent of payloads) {
    const forward = sent.forward ?? true
    reading = reader.read(slot, rowOf(sent), 0, forward, ++packets[`${forward}`])
  }
  return { reader, reading }
}

describe('names of flows', () => {
  it('are read by content, on any port', () => {
    const { reader, reading } = show(9, [{ bytes: httpRequest({ host: 'h.example' }), port: 8081 }])
    expect(reading).toBe(READING.recognised | READING.goesOn)
    expect(reader.service(9, '')).toBe('http')
    expect(reader.names(9)).toMatchObject({ httpHost: 'h.example' })
    expect(reader.service(8, 'http')).toBe('http')
    expect(reader.names(8)).toBeNull()
  })

  it('leave a port its service only where nothing else was seen', () => {
    const { reader, reading } = show(1, [{ bytes: 'something else', port: 80 }])
    expect(reading).toBe(READING.goesOn | READING.unrecognised)
    expect(reader.unrecognisedService('http')).toBe('')
    expect(reader.unrecognisedService('mysql')).toBe('mysql')
  })

  it('give a stream up after a few packets, a datagram at once', () => {
    const noise = (count: number, tcp: boolean): Sent[] => new Array<Sent>(count).fill({ bytes: 'noise', tcp })
    expect(show(1, noise(5, true)).reading & READING.goesOn).not.toBe(0)
    expect(show(1, noise(6, true)).reading).toBe(READING.unrecognised)
    expect(show(1, noise(1, false)).reading).toBe(0)
  })

  it('want nothing of TLS after its hello', () => {
    expect(show(1, [{ bytes: clientHello() }]).reading).toBe(READING.recognised)
    expect(show(1, [{ bytes: tlsData(20) }]).reading).toBe(READING.recognised)
  })

  it.each([8, 30, 77, 100])('are put together from segments cut at byte %i', (at) => {
    for (const [whole, told] of [
      [clientHello({ serverName: 'split.example' }), { tlsSni: 'split.example' }],
      [httpRequest({ host: 'split.example' }), { httpHost: 'split.example', httpRequests: 1 }],
    ] as const) {
      const { reader } = show(1, [
        { bytes: whole.subarray(0, at) },
        { bytes: httpResponse(), forward: false },
        { bytes: whole.subarray(at) },
      ])
      expect(reader.names(1)).toMatchObject(told)
    }
  })

  it('are put together where a DNS length comes alone', () => {
    const message = dns({ name: 'tcp.example' })
    const { reader } = show(1, [
      { bytes: u16(message.length), port: 53 },
      { bytes: concat(message, u16(message.length), message), port: 53 },
    ])
    expect(reader.names(1)).toMatchObject({ dnsQuery: 'tcp.example', dnsQueries: 2 })
  })

  it('have a cap on flows, which is counted and freed', () => {
    const reader = createNames({ cap: 2 })
    for (const slot of [5, 6, 7]) show(slot, [{ bytes: httpRequest(), port: 80 }], reader)
    expect(reader.counters()).toMatchObject({ open: 2, read: 2, refused: 1 })
    expect(reader.service(7, 'http')).toBe('http')
    expect(reader.names(7)).toBeNull()
    reader.forget(5)
    reader.forget(5)
    expect(show(7, [{ bytes: httpRequest(), port: 80 }], reader).reading).toBe(READING.recognised | READING.goesOn)
    expect(reader.counters()).toMatchObject({ open: 2, read: 3, refused: 1 })
  })

  it('hold a limited number of starts', () => {
    const reader = createNames()
    const start = clientHello().subarray(0, 60)
    for (let slot = 0; slot < 1100; slot++) show(slot, [{ bytes: start }], reader)
    expect(reader.counters()['refused-starts']).toBe(1100 - 1024)
    for (let slot = 0; slot < 1100; slot++) reader.forget(slot)
    show(1, [{ bytes: start }], reader)
    expect(reader.counters()['refused-starts']).toBe(1100 - 1024)
  })

  it('do not outlive their flow', () => {
    const { reader } = show(3, [{ bytes: clientHello({ serverName: 'old.example' }).subarray(0, 60) }])
    reader.forget(3)
    show(3, [{ bytes: httpRequest({ host: 'new.example' }) }], reader)
    expect(reader.names(3)).toMatchObject({ httpHost: 'new.example' })
    expect(reader.names(3)).not.toHaveProperty('tlsSni')
  })
})
