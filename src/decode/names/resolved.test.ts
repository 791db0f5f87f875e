import { describe, expect, it } from 'vitest'
import { dnsLookup, type Frame, merge, START, tcpSession } from '../../../test/craft/index.ts'
import { createFlowTable } from '../../flows/flow-table.ts'
import { parseAddress } from '../../net/address.ts'
import { createDecoder } from '../decoder.ts'
import { createNames } from './names.ts'
import { ResolvedNames } from './resolved.ts'

const client = { address: '192.168.7.21' }
const other = { address: '192.168.7.22' }
const resolver = { address: '192.168.7.1' }
const server = { address: '198.51.100.7', mac: '02:40:c0:a8:07:01' }
const answers = [
  { type: 'CNAME', value: 'edge.cdn.example' },
  { type: 'A', value: server.address, ttl: 60 },
] as const

/** The names of the destinations of all TCP flows. */
function remoteNames(...conversations: Frame[][]): (string | undefined)[] {
  const decoder = createDecoder()
  const found: (string | undefined)[] = []
  const take = ({ protocol, names }: { protocol: number; names: { remoteName?: string } | null }): void => {
    if (protocol === 6) found.push(names?.remoteName)
  }
  const table = createFlowTable({}, take, createNames())
  for (const { time, bytes } of merge(...conversations)) {
    decoder.decode(bytes, 0, bytes.length, bytes.length, time, 1)
    table.add(decoder.batch)
    decoder.clear()
  }
  table.flush()
  return found
}

const lookup = (start = START) => dnsLookup({ client, resolver, name: 'www.example', answers, start })
const session = (from: typeof client, start: number) =>
  tcpSession({ client: from, server, port: 443, start, turns: [['a', 'b']] })

describe('the name a destination was asked by', () => {
  it('is that of the question, for who asked', () => {
    expect(remoteNames(lookup(), session(client, START + 1))).toEqual(['www.example'])
    expect(remoteNames(lookup(), session(other, START + 1))).toEqual([undefined])
  })

  it('holds five minutes at least, and not before it was told', () => {
    expect(remoteNames(lookup(), session(client, START + 290))).toEqual(['www.example'])
    expect(remoteNames(lookup(), session(client, START + 400))).toEqual([undefined])
    expect(remoteNames(lookup(START + 30), session(client, START))).toEqual([undefined])
  })

  it('is learned of answers to questions only', () => {
    const [, answer] = lookup()
    expect(remoteNames([answer!], session(client, START + 1))).toEqual([undefined])
  })
})

describe('ResolvedNames', () => {
  it('holds so many answers, the longest valid ones', () => {
    const names = new ResolvedNames(7)
    const address = new Int32Array(8)
    parseAddress('10.0.0.1', address, 0)
    parseAddress('10.0.0.2', address, 4)
    const told = new Int32Array(4)
    for (let i = 0; i < 200_000; i++) {
      parseAddress('198.18.0.0', told)
      told[3] = told[3]! + i
      names.learn(address, 0, told, `n${i}`, i / 1000, 3600)
    }
    expect(names.evicted).toBeGreaterThan(100_000)
    let found = 0
    for (let i = 0; i < 200_000; i++) {
      parseAddress('198.18.0.0', address, 4)
      address[7] = address[7]! + i
      const name = names.find(address, 200, 210)
      if (name === '') continue
      found++
      expect(name).toBe(`n${i}`)
    }
    expect(found).toBeGreaterThan(65_000)
  })
})
