import { describe, expect, it } from 'vitest'
import { createDecoder } from '../src/decode/decoder.ts'
import { createNames } from '../src/decode/names/names.ts'
import { createFlowTable } from '../src/flows/flow-table.ts'
import type { FlowOptions } from '../src/flows/options.ts'
import { copyFlowRecord, createFlowRecord } from '../src/net/flow-record.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import * as craft from './craft/index.ts'

const ETHERNET = 1
const client = { address: '10.0.0.5' }
const server = { address: '192.0.2.80' }

/** The flows made of these frames, of which the first `captured` bytes are there. */
function flowsOf(
  frames: readonly craft.Frame[],
  { captured = 65_535, ...options }: FlowOptions & { captured?: number } = {},
) {
  const flows: FlowRecord[] = []
  const reader = createNames()
  const decoder = createDecoder()
  const keep = (flow: FlowRecord): number => flows.push(copyFlowRecord(flow, createFlowRecord()))
  const table = createFlowTable({ cap: 16, ...options }, keep, reader)
  for (const { bytes, time } of frames) {
    decoder.decode(bytes, 0, Math.min(captured, bytes.length), bytes.length, time, ETHERNET)
    table.add(decoder.batch)
    decoder.clear()
  }
  table.flush()
  expect(reader.counters().open).toBe(0)
  return flows
}

const web = (port: number, request: string | Uint8Array, more: Partial<craft.TcpSession> = {}): craft.Frame[] =>
  craft.tcpSession({ client, server, port, turns: [[request, craft.httpResponse()]], ...more })

describe('the service of a flow', () => {
  it('is what its content is, whatever the port', () => {
    const services = [
      web(8081, craft.httpRequest()),
      web(443, craft.httpRequest()),
      craft.tcpSession({ client, server, port: 80, turns: [['SSH-2.0-x\r\n', 'SSH-2.0-y\r\n']] }),
      craft.tcpSession({ client, server, port: 4443, turns: [[craft.clientHello(), craft.serverHello()]] }),
    ].map((frames) => flowsOf(frames)[0]!.service)
    expect(services).toEqual(['http', 'http', 'ssh', 'tls'])
  })

  it('is unknown where the content is not what the port is for', () => {
    const odd = craft.tcpSession({ client, server, port: 80, turns: [['\x07\x01binary', 'likewise']] })
    expect(flowsOf(odd)[0]!.service).toBe('')
  })

  it('is that of the port where nothing could be read', () => {
    const odd = craft.tcpSession({ client, server, port: 80, turns: [['\x07\x01binary', 'likewise']] })
    expect(flowsOf(craft.tcpSession({ client, server, port: 80 }))[0]!.service).toBe('http')
    expect(flowsOf(odd, { captured: 60 })[0]!.service).toBe('http')
    expect(flowsOf(odd.slice(3))[0]!.service).toBe('http')
  })
})

describe('the names of a flow', () => {
  it('are those of its first request and answer, in either direction', () => {
    const [flow] = flowsOf(web(80, craft.httpRequest({ host: 'h.example', path: '/x' })))
    expect(flow!.names).toMatchObject({ httpHost: 'h.example', httpPath: '/x', httpStatus: 200, httpRequests: 1 })
  })

  it('are null when nothing was read', () => {
    expect(flowsOf(craft.ping({ client, server })).map(({ names }) => names)).toEqual([null])
    expect(flowsOf(craft.tcpSession({ client, server, port: 80 }))[0]!.names).toBeNull()
  })

  it('stay with every slice, while counts are its own', () => {
    const request = craft.httpRequest({ host: 'h.example' })
    const turns = new Array(6).fill([request, craft.httpResponse()])
    const frames = craft.tcpSession({ client, server, port: 80, turns, think: 20 })
    const flows = flowsOf(frames, { active: 30 })
    expect(flows.length).toBeGreaterThan(2)
    expect(flows.map(({ names }) => names?.httpHost)).toEqual(flows.map(() => 'h.example'))
    expect(flows.reduce((sum, { names }) => sum + names!.httpRequests!, 0)).toBe(6)
  })

  it('count every question of a socket that asks many', () => {
    const turns = Array.from({ length: 40 }, (_, i) => {
      const name = `${i}.tunnel.example`
      return [craft.dns({ name, type: 'TXT' }), craft.dns({ name, response: true, rcode: 3 })] as const
    })
    const [flow] = flowsOf(craft.udpExchange({ client, server, port: 53, turns, think: 0.1 }))
    expect(flow!.names).toMatchObject({ dnsQueries: 40, dnsNames: 40, dnsNxdomain: 40, dnsOddTypes: 40 })
    expect(flow!.names!.dnsHashes).toHaveLength(40)
  })

  it('of one connection are not those of the next on the same ports', () => {
    const first = web(80, craft.httpRequest({ host: 'first.example' }))
    const second = craft.tcpSession({ client, server, port: 80, start: craft.START + 0.5 })
    expect(flowsOf([...first, ...second]).map(({ names }) => names?.httpHost)).toEqual(['first.example', undefined])
  })

  it('go when their flow is evicted', () => {
    const frames = Array.from({ length: 40 }, (_, i) =>
      web(80, craft.httpRequest({ host: `${i}.example` }), {
        clientPort: 40_000 + i,
        close: 'none',
        start: craft.START + i,
      }),
    ).flat()
    const hosts = flowsOf(frames, { cap: 4 }).map(({ names }) => names?.httpHost)
    expect(new Set(hosts)).toEqual(new Set(Array.from({ length: 40 }, (_, i) => `${i}.example`)))
  })
})
