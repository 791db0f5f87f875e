import { describe, expect, it } from 'vitest'
import type { ConnState } from '../types/flow.ts'
import { connection, flowsOf } from './rows.case.ts'

/** What Zeek calls a connection of these segments. */
const CONNECTIONS: [ConnState, string, string[]][] = [
  ['S0', 'a SYN', ['> S']],
  ['S0', 'a SYN said again', ['> S', '> S', '> S']],
  ['S0', 'a SYN with data', ['> S 10']],
  ['S1', 'a SYN answered', ['> S', '< SA']],
  ['S1', 'an open connection', ['> S', '< SA', '> A', '> PA 100', '< PA 900']],
  ['S1', 'a SYN acknowledged before it is answered', ['> S', '< A', '< SA', '> A']],
  ['S1', 'both ends opening at once', ['> S', '< S', '> SA', '< SA', '> A']],
  ['SF', 'closed by both', ['> S', '< SA', '> A', '> PA 10', '> FA', '< A', '< FA', '> A']],
  ['SF', 'closed by the server first', ['> S', '< SA', '> A', '< FPA 10', '> A', '> FA', '< A']],
  ['SF', 'closed, then reset', ['> S', '< SA', '> A', '> FA', '< FA', '> R']],
  ['SF', 'FIN, RST, and the FIN of the other side', ['> S', '< SA', '> A', '> FA', '> R', '< FA']],
  ['REJ', 'a SYN refused', ['> S', '< RA']],
  ['REJ', 'refused, and answered with a reset', ['> S', '< RA', '> R']],
  ['S2', 'closed by the client alone', ['> S', '< SA', '> A', '> FA', '< A']],
  ['S3', 'closed by the server alone', ['> S', '< SA', '> A', '< FA', '> A']],
  ['RSTO', 'reset by the client', ['> S', '< SA', '> A', '> PA 5', '> R']],
  ['RSTO', 'a half-open scan that found a port', ['> S', '< SA', '> R']],
  ['RSTO', 'FIN and RST of the client', ['> S', '< SA', '> A', '> FA', '> R']],
  ['RSTR', 'reset by the server', ['> S', '< SA', '> A', '> PA 5', '< R']],
  ['RSTR', 'a XMAS scan of a closed port', ['> FPU', '< RA']],
  ['RSTOS0', 'a SYN taken back', ['> S', '> R']],
  ['OTH', 'a SYN, an ACK, and a reset, nothing from the server', ['> S', '> A', '> R']],
  ['RSTRH', 'SYN-ACK and RST of a server, the SYN not seen', ['< SA', '< R']],
  ['RSTRH', 'a NULL scan of a closed port', ['> -', '< RA']],
  ['RSTRH', 'an ACK scan', ['> A', '< R']],
  ['SH', 'a SYN and a FIN, no answer', ['> S', '> FA']],
  ['SH', 'a FIN scan of an open port', ['> F']],
  ['SHR', 'SYN-ACK and FIN of a server, the SYN not seen', ['< SA', '< FA']],
  ['OTH', 'the middle of a connection', ['> PA 10', '< A', '> PA 10']],
  ['OTH', 'backscatter', ['< SA']],
  ['S1', 'the SYN not seen, the rest is', ['< SA', '> A', '> PA 3']],
  ['OTH', 'a reset out of nowhere', ['> R']],
  ['OTH', 'a NULL scan of an open port', ['> -']],
  ['S0', 'a SYN in a connection of one side', ['> A', '> S']],
]

describe('conn_state', () => {
  it.each(CONNECTIONS)('%s: %s', (state, _, segments) => {
    const [flow, ...more] = flowsOf(connection(segments))
    expect(more).toEqual([])
    expect(flow?.connState).toBe(state)
  })

  it.each(CONNECTIONS)('%s: %s, whichever end has the larger address', (state, _, segments) => {
    const flows = flowsOf(connection(segments, { src: '10.0.0.9', dst: '10.0.0.3', srcPort: 80, dstPort: 40_000 }))
    expect(flows.map((flow) => flow.connState)).toEqual([state])
  })

  it('is SF for what is not TCP and was answered, S0 when it was not', () => {
    const query = { protocol: 'udp', srcPort: 1, dstPort: 53 } as const
    const answer = { protocol: 'udp', srcPort: 53, dstPort: 1, src: '10.0.0.2', dst: '10.0.0.1' } as const
    expect(flowsOf([query]).map(({ connState }) => connState)).toEqual(['S0'])
    expect(flowsOf([query, answer]).map(({ connState }) => connState)).toEqual(['SF'])
  })

  it('goes on through the slices of a long connection', () => {
    const start = connection(['> S', '< SA', '> A'])
    const middle = Array.from({ length: 8 }, (_, i) => connection(['> PA 1'], { time: 20 * (i + 1) })).flat()
    const end = connection(['> FA', '< FA'], { time: 170 })
    expect(flowsOf([...start, ...middle, ...end]).map(({ connState }) => connState)).toEqual(['S1', 'S1', 'S1', 'SF'])
  })
})
