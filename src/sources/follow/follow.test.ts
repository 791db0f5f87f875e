import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Clock } from '../../types/clock.ts'
import { collectFlows } from '../flow-log/collect.case.ts'
import { FILE_KINDS } from '../index.ts'
import { createFollowSource } from './follow.ts'
import { createPositions, type Positions } from './positions.ts'

const root = mkdtempSync(join(tmpdir(), 'nads-follow-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Follows `paths` while one of `acts` happens between two looks. */
async function follow(paths: string[], acts: (() => void)[], kept?: string | Positions) {
  const abort = new AbortController()
  const sink = collectFlows()
  const ticks: number[] = []
  const seen: number[] = []
  let now = 5000
  const clock: Clock = {
    now: () => now,
    sleep: async () => {
      seen.push(sink.flows.length)
      now += 10
      const act = acts.shift()
      if (act === undefined) abort.abort()
      else act()
    },
  }
  const source = createFollowSource({
    name: 'follow',
    paths,
    formats: FILE_KINDS.logs,
    clock,
    positions: typeof kept === 'object' ? kept : createPositions(kept),
  })
  const report = await source.run(
    { ...sink, tick: (time) => void ticks.push(time), flow: (flow) => sink.flow(flow) },
    abort.signal,
  )
  return { flows: sink.flows, ticks, seen, report, lacks: source.lacks() }
}

const conn = (i: number): string =>
  `${1000 + i}\tC${i}\t10.0.0.1\t${40_000 + i}\t192.0.2.1\t53\tudp\tdns\t0.5\tSF\t1\t60\t1\t90\n`
const HEADER =
  '#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n'
const dns = (i: number): string =>
  `${JSON.stringify({ ts: 1000 + i, uid: `C${i}`, 'id.orig_h': '10.0.0.1', query: `n${i}.example`, qtype: 1, rcode: 0 })}\n`
const nothing = (): void => {}

describe('follow', () => {
  it('waits for what other logs say of a flow, and lets time go on while nothing comes', async () => {
    const [log, names] = [join(root, 'conn.log'), join(root, 'dns.log')]
    writeFileSync(log, HEADER)
    writeFileSync(names, dns(0))
    const { flows, ticks, seen, report, lacks } = await follow(
      [log, names],
      [() => appendFileSync(log, conn(0) + conn(1)), () => appendFileSync(names, dns(1)), nothing, nothing],
    )
    expect(flows.map((flow) => flow.names?.dnsQuery)).toEqual(['n0.example', 'n1.example'])
    expect(seen).toEqual([0, 0, 2, 2, 2])
    expect(report).toMatchObject({ packets: 4, problems: {} })
    expect(ticks.slice(0, 4)).toEqual([1001.5, 1011.5, 1021.5, 1031.5])
    expect(lacks).not.toContain('dns')
  })

  it('goes on where it was, in the middle of a log whose columns stand at its beginning, and over rotation', async () => {
    const log = join(root, 'kept.log')
    const dataDir = join(root, 'data')
    writeFileSync(log, HEADER + conn(0))
    const first = await follow([log], [() => appendFileSync(log, conn(1) + conn(2).slice(0, 20))], dataDir)
    appendFileSync(log, conn(2).slice(20) + conn(3))
    const second = await follow([log], [nothing], dataDir)
    appendFileSync(log, conn(4))
    renameSync(log, `${log}.1`)
    writeFileSync(log, HEADER + conn(5))
    const third = await follow([log], [nothing, nothing, nothing], dataDir)
    const ports = [first, second, third].map(({ flows }) => flows.map(({ srcPort }) => srcPort - 40_000))
    expect(ports).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ])
    expect(third.report.problems).toEqual({})
  })

  it('keeps where several sources are that share a data folder', async () => {
    const dataDir = join(root, 'shared')
    const logs = ['one', 'two', 'three'].map((name) => join(root, `${name}.log`))
    for (const log of logs) writeFileSync(log, HEADER + conn(0))
    // All were begun before any of them has come anywhere.
    const positions = logs.map(() => createPositions(dataDir))
    const both = await Promise.all(
      logs.map((log, i) => follow([log], [() => appendFileSync(log, conn(1)), nothing], positions[i])),
    )
    for (const log of logs) appendFileSync(log, conn(2))
    const later = await Promise.all(logs.map((log) => follow([log], [nothing], dataDir)))
    const ports = [...both, ...later].map(({ flows }) => flows.map(({ srcPort }) => srcPort - 40_000))
    expect(ports).toEqual([...logs.map(() => [0, 1]), ...logs.map(() => [2])])
  })

  it('tells of an alert at once, and again with its flow when that is over, unless it is long told', async () => {
    const log = join(root, 'eve.json')
    const event = (id: number, event_type: string, second: number, rest: object): string => {
      const timestamp = `2024-03-04T0${8 + Math.floor(second / 3600)}:${String(Math.floor(second / 60) % 60).padStart(2, '0')}:0${second % 10}.000000+0000`
      const ends = { src_ip: '10.0.0.5', src_port: 40_000 + id, dest_ip: '192.0.2.9', dest_port: 80, proto: 'TCP' }
      return `${JSON.stringify({ timestamp, flow_id: id, event_type, ...ends, ...rest })}\n`
    }
    const start = '2024-03-04T08:00:00.000000+0000'
    const counted = { pkts_toserver: 6, pkts_toclient: 5, bytes_toserver: 900, bytes_toclient: 900, start }
    const alert = (id: number, signature: string, second = 1) =>
      event(id, 'alert', second, { alert: { signature, signature_id: signature.length, severity: 1 }, flow: counted })
    const flow = (id: number, second: number) => event(id, 'flow', second, { flow: { ...counted, pkts_toserver: 60 } })
    writeFileSync(log, alert(1, 'A') + alert(2, 'B') + flow(2, 2) + alert(3, 'C') + alert(4, 'D'))
    const { flows, seen, report } = await follow(
      [log],
      [() => appendFileSync(log, flow(1, 5) + alert(3, 'CC', 3)), () => appendFileSync(log, flow(3, 3_605)), nothing],
    )
    const told = flows.map((one) => [one.srcPort - 40_000, one.forward.packets, one.alerts?.map(({ title }) => title)])
    // The second flow was there with its alert; the third ended an hour after what was said of it.
    expect(told.slice(0, 4).sort()).toEqual([
      [1, 6, ['A']],
      [2, 60, ['B']],
      [3, 6, ['C']],
      [4, 6, ['D']],
    ])
    expect(told.slice(4, 6).sort()).toEqual([
      [1, 60, ['A']],
      [3, 6, ['C', 'CC']],
    ])
    expect(told.slice(6)).toEqual([[3, 60, undefined]])
    expect(seen).toEqual([0, 4, 6, 7])
    expect(report.problems).toEqual({})
  })

  it('refuses in one line what is no log of flows', async () => {
    const log = join(root, 'notes.txt')
    writeFileSync(log, 'dear diary\n')
    await expect(follow([log], [nothing])).rejects.toThrow(/^notes\.txt: not a log of flows/)
    await expect(follow([root], [nothing])).rejects.toThrow(
      /^.*: a folder cannot be followed: name the logs in it, such as .*conn\.log$/,
    )
  })
})
