import { describe, expect, it } from 'vitest'
import { batchOf, connection, type Row, tableOf } from './rows.case.ts'

/** How many flows each of the packets, given one by one, was the last that was waited for. */
function toldAt(rows: readonly Row[]): number[] {
  const { table, flows } = tableOf({ prompt: true })
  return rows.map((row, i) => {
    const before = flows.length
    table.add(batchOf([row], i + 1))
    return flows.length - before
  })
}

describe('a prompt table', () => {
  const whole = connection(['> S', '< SA', '> A', '> PA 5', '< FA', '> FA', '< A'])

  it('tells of a flow at the packet after FIN both ways, all of it, and not again', () => {
    expect(toldAt(whole)).toEqual([0, 0, 0, 0, 0, 0, 1])
    const { table, flows } = tableOf({ prompt: true })
    const patient = tableOf()
    for (const one of [table, patient.table]) {
      one.add(batchOf(whole))
      one.flush()
    }
    expect(flows).toEqual(patient.flows)
    expect(table.size).toBe(0)
  })

  it('tells of one at its RST', () => {
    expect(toldAt(connection(['> S', '< RA']))).toEqual([0, 1])
    expect(toldAt(connection(['> S', '< SA', '> A', '> RA', '< RA']))).toEqual([0, 0, 0, 1, 0])
  })

  it('tells of one whose last packet does not come once it lingered', () => {
    const { table, flows } = tableOf({ prompt: true })
    table.add(batchOf(whole.slice(0, -1)))
    expect(flows).toEqual([])
    table.advance(60)
    expect(flows).toMatchObject([{ connState: 'SF', endReason: 'end' }])
  })

  it('takes what trails behind for the flow’s, and a SYN for the next one’s', () => {
    const late = whole.at(-1)!.time! + 0.5
    const trailing = { ...whole.at(-1)!, time: late }
    const next = whole.map((row) => ({ ...row, time: late + row.time! }))
    expect(toldAt([...whole, trailing, ...next])).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])
  })

  it('holds what was told of no longer than any other', () => {
    const { table, flows } = tableOf({ prompt: true })
    table.add(batchOf(whole))
    expect(table.size).toBe(1)
    table.advance(60)
    expect(table.size).toBe(0)
    expect(flows.length).toBe(1)
  })
})
