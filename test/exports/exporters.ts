import { execFile, execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createDecoder } from '../../src/decode/decoder.ts'
import { createFlowTable } from '../../src/flows/flow-table.ts'
import type { FlowOptions } from '../../src/flows/options.ts'
import { formatAddress } from '../../src/net/address.ts'
import { createPcapSource } from '../../src/sources/pcap/pcap.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { findData } from '../tabular/sets.ts'

const run = promisify(execFile)

/** The capture of mixed real traffic; null where it is not. */
export function findMix(): string | null {
  return findData('mix/dev.pcap.xz')
}

/** The first packets of a capture (pcap, little-endian, xz). */
export function beginningOf(path: string, packets: number): Buffer {
  const bytes = execFileSync('sh', ['-c', `xz -dc "$1" | head -c ${packets * 500}`, 'sh', path], { maxBuffer: 2 ** 28 })
  let at = 24
  for (let i = 0; i < packets && at + 16 < bytes.length; i++) {
    const next = at + 16 + bytes.readUInt32LE(at + 8)
    if (next > bytes.length) break
    at = next
  }
  return bytes.subarray(0, at)
}

/** What softflowd exports of a capture: its datagrams, taken on loopback in the order they come. */
export async function softflowd(
  capture: string,
  version: '5' | '9' | '10',
  more: readonly string[] = [],
): Promise<Uint8Array[]> {
  const datagrams: Uint8Array[] = []
  const socket = createSocket({ type: 'udp4', recvBufferSize: 8 * 2 ** 20 })
  socket.on('message', (bytes) => datagrams.push(bytes))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const to = `127.0.0.1:${socket.address().port}`
  await run('softflowd', ['-d', '-r', capture, '-v', version, '-n', to, '-m', '200000', '-c', 'none', ...more])
  for (let before = -1; before !== datagrams.length; await sleep(300)) before = datagrams.length
  socket.close()
  return datagrams
}

/** When a datagram of NetFlow or IPFIX says it was sent, epoch seconds. */
export function exportedAt(datagram: Uint8Array): number {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length)
  return view.getUint32(view.getUint16(0) === 10 ? 4 : 8)
}

/** What our own decoder and flow table make of a capture. */
export async function metered(capture: string, options: FlowOptions = {}): Promise<FlowMap> {
  const flows = new FlowMap()
  const decoder = createDecoder()
  const table = createFlowTable(options, (flow) => flows.add(flow))
  const advance = (): void => {
    table.add(decoder.batch)
    decoder.clear()
  }
  await createPcapSource({ path: capture }).run(
    {
      frame(buffer, offset, captured, length, time, link) {
        if (decoder.decode(buffer, offset, captured, length, time, link)) advance()
      },
      flush: advance,
      flow() {},
      tick() {},
    },
    new AbortController().signal,
  )
  advance()
  table.flush()
  return flows
}

export interface Sums {
  flows: number
  packets: number
  bytes: number
}

export interface Difference {
  key: string
  ours: Sums
  other: Sums
}

const NONE: Sums = { flows: 0, packets: 0, bytes: 0 }

/** Flows, packets and bytes of every direction between two ends: protocol, addresses, and ports where there are any. */
export class FlowMap {
  readonly sums = new Map<string, Sums>()
  /** Keys of flows inside of a tunnel. */
  readonly tunnelled = new Set<string>()

  add({ address, protocol, srcPort, dstPort, forward, reverse, tunnel }: FlowRecord): void {
    const ported = protocol === 6 || protocol === 17
    const from = `${formatAddress(address)}${ported ? `:${srcPort}` : ''}`
    const to = `${formatAddress(address, 4)}${ported ? `:${dstPort}` : ''}`
    if (tunnel !== null) this.tunnelled.add(`${protocol} ${from} ${to}`).add(`${protocol} ${to} ${from}`)
    this.put(`${protocol} ${from} ${to}`, forward.packets, forward.bytes)
    this.put(`${protocol} ${to} ${from}`, reverse.packets, reverse.bytes)
  }

  put(key: string, packets: number, bytes: number): void {
    if (packets === 0) return
    const sum = this.sums.get(key) ?? { flows: 0, packets: 0, bytes: 0 }
    sum.flows++
    sum.packets += packets
    sum.bytes += bytes
    this.sums.set(key, sum)
  }

  /** The two addresses of a key, in order. */
  static pairOf(key: string): string {
    const [, from = '', to = ''] = key.split(' ')
    const bare = (end: string): string =>
      key.startsWith('6 ') || key.startsWith('17 ') ? end.replace(/:\d+$/, '') : end
    return [bare(from), bare(to)].sort().join(' ')
  }

  /** Keys of which the other says something else, with what each says. */
  differences(other: FlowMap): Difference[] {
    const keys = new Set([...this.sums.keys(), ...other.sums.keys()])
    return [...keys]
      .map((key) => ({ key, ours: this.sums.get(key) ?? NONE, other: other.sums.get(key) ?? NONE }))
      .filter(({ ours, other }) => ours.packets !== other.packets || ours.bytes !== other.bytes)
  }

  total(of: 'flows' | 'packets' | 'bytes'): number {
    return [...this.sums.values()].reduce((sum, sums) => sum + sums[of], 0)
  }
}
