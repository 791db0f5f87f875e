import { integer, type Random } from '../src/math/random.ts'
import { createFlowRecord, PROTOCOL } from '../src/net/flow-record.ts'
import type { FlowRecord } from '../src/types/flow.ts'

const PORTS = [53, 80, 123, 443, 443, 443, 445, 993, 8883]
const START = 1_700_000_000
/** Flows a second. */
const RATE = 500

/**
 * Flows of `count` hosts, one reused record: a fifth of the hosts are ours; each talks mostly to a few favourites, so that
 * pairs come back.
 */
export function createCrowd(count: number, random: Random): () => FlowRecord {
  const flow = createFlowRecord()
  let time = START
  return () => {
    const ours = integer(random, 0, Math.floor(count / 5) - 1)
    const favourite = random() < 0.8 ? (Math.imul(ours, 7919) + integer(random, 0, 3)) >>> 0 : integer(random, 0, count)
    const local = random() < 0.3
    const other = favourite % Math.floor(count * (local ? 0.2 : 0.8))
    time += 1 / RATE
    flow.last = time
    flow.first = time - 1
    flow.opened = flow.first
    flow.protocol = random() < 0.6 ? PROTOCOL.tcp : PROTOCOL.udp
    flow.dstPort = PORTS[integer(random, 0, PORTS.length - 1)]!
    flow.address.fill(0)
    flow.address[2] = 0xffff
    flow.address[6] = 0xffff
    flow.address[3] = 0x0a000000 | ours
    flow.address[7] = (local ? 0x0a000000 : 0x5db80000) + other
    flow.connState = 'SF'
    flow.forward.packets = integer(random, 1, 20)
    flow.forward.bytes = flow.forward.packets * 200
    flow.forward.payload = flow.forward.packets * 150
    flow.reverse.packets = random() < 0.9 ? flow.forward.packets : 0
    flow.reverse.bytes = flow.reverse.packets * 600
    flow.reverse.payload = flow.reverse.packets * 550
    return flow
  }
}
