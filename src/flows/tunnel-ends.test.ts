import { describe, expect, it } from 'vitest'
import { ethernet, gre, ipv4, packet, tcp } from '../../test/craft/index.ts'
import { createDecoder } from './../decode/decoder.ts'
import { tunnelLabel } from '../net/tunnel.ts'
import type { FlowRecord } from '../types/flow.ts'
import { createFlowTable } from './flow-table.ts'

const client = { src: '10.1.0.1', dst: '10.1.0.2' }
const server = { src: '10.1.0.2', dst: '10.1.0.1' }
const out = ipv4({ src: '192.0.2.1', dst: '192.0.2.2' })
const back = ipv4({ src: '192.0.2.2', dst: '192.0.2.1' })
const syn = (port: number) => tcp({ srcPort: port, dstPort: 80, flags: 'S' })
const synAck = (port: number) => tcp({ srcPort: 80, dstPort: port, flags: 'SA' })

function tunnelsOf(...frames: Uint8Array[]): (string | null)[] {
  const decoder = createDecoder()
  const found: (string | null)[] = []
  const table = createFlowTable({}, ({ tunnel }: FlowRecord) => found.push(tunnel && tunnelLabel(tunnel)))
  for (const frame of frames) {
    decoder.decode(frame, 0, frame.length, frame.length, 1, 1)
    table.add(decoder.batch)
    decoder.clear()
  }
  table.flush()
  return found
}

describe('the tunnel of a flow', () => {
  const ask = packet(ethernet(), out, gre(), ipv4(client), syn(4000))
  const answer = packet(ethernet(), back, gre(), ipv4(server), synAck(4000))

  it('is told with the end first that the originator is behind', () => {
    expect(tunnelsOf(ask, answer)).toEqual(['gre 192.0.2.1 192.0.2.2'])
    expect(tunnelsOf(answer)).toEqual(['gre 192.0.2.1 192.0.2.2'])
  })

  it('is not that of the flow which had its place before', () => {
    const plain = packet(ethernet(), ipv4(client), syn(4001))
    const reset = packet(ethernet(), back, gre(), ipv4(server), tcp({ srcPort: 80, dstPort: 4000, flags: 'RA' }))
    expect(tunnelsOf(ask, reset, plain)).toEqual(['gre 192.0.2.1 192.0.2.2', null])
  })
})
