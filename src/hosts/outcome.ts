import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'

/** What a flow came to, as bits. */
export const FAILED = 1
export const HALF_OPEN = 2
export const TINY = 4
export const ANSWERED = 8

const TINY_PACKETS = 3
const ICMP_ECHO = 8
const ICMP6_ECHO = 128

/** The bits of a flow between two single hosts. ARP is not judged here. */
export function outcomeOf(flow: FlowRecord): number {
  const { forward, reverse, protocol } = flow
  let bits = reverse.packets === 0 ? 0 : ANSWERED
  if (forward.packets + reverse.packets <= TINY_PACKETS) bits |= TINY
  if (protocol === PROTOCOL.tcp) bits |= tcpOutcome(flow)
  else if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) bits |= icmpOutcome(flow)
  else if (reverse.packets === 0) bits |= FAILED
  return bits
}

/** Failed: no payload either way, and nothing but silence or resets came back, or the handshake never ended. */
function tcpOutcome(flow: FlowRecord): number {
  const { forward, reverse } = flow
  let bits = 0
  if (reverse.payload === 0 && forward.payload === 0) {
    if (reverse.packets === 0 || reverse.rst > 0 || forward.rst > 0 || brokeOff(flow)) bits |= FAILED
  }
  const onlyOpened = forward.syn > 0 && forward.syn + forward.rst >= forward.packets
  if (onlyOpened && reverse.rst === 0) bits |= HALF_OPEN
  return bits
}

function brokeOff({ connState }: FlowRecord): boolean {
  switch (connState) {
    case 'S0':
    case 'REJ':
    case 'RSTOS0':
    case 'RSTRH':
    case 'SH':
    case 'SHR':
      return true
    default:
      return false
  }
}

function icmpOutcome({ protocol, srcPort, reverse }: FlowRecord): number {
  const isEcho = srcPort === (protocol === PROTOCOL.icmp6 ? ICMP6_ECHO : ICMP_ECHO)
  return isEcho && reverse.packets === 0 ? FAILED : 0
}
