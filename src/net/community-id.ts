import { hash } from 'node:crypto'
import type { FlowRecord } from '../types/flow.ts'
import { isIPv4 } from './address.ts'
import { PROTOCOL } from './flow-record.ts'

/** ICMP messages and those that answer them: such a pair stands for the two ports. */
const ANSWER = pairs([0, 8], [9, 10], [13, 14], [15, 16], [17, 18])
const ANSWER_6 = pairs([128, 129], [130, 131], [133, 134], [135, 136], [139, 140], [144, 145])

const scratch = Buffer.alloc(40)

/** Community ID v1 (github.com/corelight/community-id-spec) with seed 0, as Zeek and Suricata have it; `''` for ARP. */
export function communityId(flow: Pick<FlowRecord, 'protocol' | 'address' | 'srcPort' | 'dstPort'>): string {
  const { protocol, address } = flow
  if (protocol > 0xff) return ''
  let { srcPort, dstPort } = flow
  let oneWay = false
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) {
    const answer = (protocol === PROTOCOL.icmp ? ANSWER : ANSWER_6).get(srcPort)
    oneWay = answer === undefined
    if (answer !== undefined) dstPort = answer
  }
  const swap = !oneWay && isLarger(address, srcPort, dstPort)
  const length = writeAddress(address, swap ? 4 : 0, 2)
  let end = writeAddress(address, swap ? 0 : 4, length)
  end = scratch.writeUInt16BE(protocol << 8, end)
  if (hasPorts(protocol)) {
    if (swap) [srcPort, dstPort] = [dstPort, srcPort]
    end = scratch.writeUInt16BE(srcPort, end)
    end = scratch.writeUInt16BE(dstPort, end)
  }
  return `1:${hash('sha1', scratch.subarray(0, end), 'base64')}`
}

/** True when the source is the larger end. */
function isLarger(address: Int32Array, srcPort: number, dstPort: number): boolean {
  for (let i = 0; i < 4; i++) {
    const source = address[i]! >>> 0
    const destination = address[i + 4]! >>> 0
    if (source !== destination) return source > destination
  }
  return srcPort > dstPort
}

/** Writes 4 or 16 bytes at `at` and returns where they end. */
function writeAddress(words: Int32Array, offset: number, at: number): number {
  let end = at
  for (let i = isIPv4(words, offset) ? 3 : 0; i < 4; i++) end = scratch.writeInt32BE(words[offset + i]!, end)
  return end
}

function hasPorts(protocol: number): boolean {
  switch (protocol) {
    case PROTOCOL.tcp:
    case PROTOCOL.udp:
    case PROTOCOL.sctp:
    case PROTOCOL.icmp:
    case PROTOCOL.icmp6:
      return true
    default:
      return false
  }
}

function pairs(...known: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(known.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]))
}
