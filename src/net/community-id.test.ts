import { describe, expect, it } from 'vitest'
import { parseAddress } from './address.ts'
import { communityId } from './community-id.ts'
import { createFlowRecord } from './flow-record.ts'

type Flow = readonly [protocol: number, src: string, dst: string, srcPort: number, dstPort: number]

function idOf([protocol, src, dst, srcPort, dstPort]: Flow): string {
  const flow = { ...createFlowRecord(), protocol, srcPort, dstPort }
  parseAddress(src, flow.address, 0)
  parseAddress(dst, flow.address, 4)
  return communityId(flow)
}

const turned = ([protocol, src, dst, srcPort, dstPort]: Flow): Flow => [protocol, dst, src, dstPort, srcPort]

describe('communityId', () => {
  it.each([
    ['1:LQU9qZlK+B5F3KDmev6m5PMibrg=', [6, '128.232.110.120', '66.35.250.204', 34_855, 80]],
    ['1:d/FP5EW3wiY1vCndhwleRRKHowQ=', [17, '192.168.1.52', '8.8.8.8', 54_585, 53]],
    ['1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=', [132, '192.168.170.8', '192.168.170.56', 7, 80]],
  ] as [string, Flow][])('is that of the specification either way: %s', (id, flow) => {
    expect([idOf(flow), idOf(turned(flow))]).toEqual([id, id])
  })

  it('pairs ICMP queries with their answers, and keeps apart what is one-way', () => {
    const echo: Flow = [1, '192.168.0.89', '192.168.0.1', 8, 0]
    const reply: Flow = [1, '192.168.0.1', '192.168.0.89', 0, 0]
    expect([idOf(echo), idOf(reply)]).toEqual(['1:X0snYXpgwiv9TZtqg64sgzUn6Dk=', '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='])
    const neighbour: Flow = [58, 'fe80::200:86ff:fe05:80da', 'fe80::260:97ff:fe07:69ea', 135, 0]
    expect(idOf(neighbour)).toBe('1:dGHyGvjMfljg6Bppwm3bg0LO8TY=')
    const unreachable: Flow = [1, '10.0.0.1', '10.0.0.2', 3, 1]
    expect(idOf(unreachable)).not.toBe(idOf([1, '10.0.0.2', '10.0.0.1', 3, 1]))
  })

  it('leaves ports out where there are none, and ARP altogether', () => {
    expect(idOf([50, '10.0.0.1', '10.0.0.2', 0, 0])).toBe(idOf([50, '10.0.0.2', '10.0.0.1', 9, 9]))
    expect(idOf([0x0806, '10.0.0.1', '10.0.0.2', 1, 0])).toBe('')
  })
})
