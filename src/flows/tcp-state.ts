import { TCP_FLAG } from '../net/packet-batch.ts'
import type { ConnState } from '../types/flow.ts'

/**
 * Zeek's TCP endpoint states, so that conn_state means what Zeek means by it. Packed into eight bits: originator's state (3),
 * responder's state (3), and for each whether it had sent FIN before its RST.
 */
const ENDPOINT = {
  inactive: 0,
  synSent: 1,
  synAckSent: 2,
  /** Seen to send, but not to open. */
  partial: 3,
  established: 4,
  closed: 5,
  reset: 6,
} as const

const RESPONDER_SHIFT = 3
const ORIGINATOR_CLOSED_FIRST = 0x40
const RESPONDER_CLOSED_FIRST = 0x80

/** The eight bits after a segment from the originator (`forward`) or the responder. */
export function nextTcpState(state: number, flags: number, payload: number, forward: boolean): number {
  const originator = state & 7
  const responder = (state >> RESPONDER_SHIFT) & 7
  switch (forward ? originator : responder) {
    case ENDPOINT.inactive:
      return fromInactive(state, flags, payload, forward)
    case ENDPOINT.synSent:
    case ENDPOINT.synAckSent:
      if ((flags & TCP_FLAG.rst) !== 0) return reset(state, forward, (flags & TCP_FLAG.fin) !== 0)
      return (flags & TCP_FLAG.fin) !== 0 ? withOwn(state, forward, ENDPOINT.closed) : state
    case ENDPOINT.partial:
    case ENDPOINT.established:
      return fromEstablished(state, flags, forward)
    case ENDPOINT.closed:
      if ((flags & TCP_FLAG.rst) === 0 || (forward ? responder : originator) === ENDPOINT.closed) return state
      return reset(state, forward, true)
    default:
      return state
  }
}

function fromInactive(before: number, flags: number, payload: number, forward: boolean): number {
  let state = before
  if ((flags & TCP_FLAG.syn) !== 0) state = open(state, flags, forward)
  if ((flags & TCP_FLAG.fin) !== 0) state = withOwn(state, forward, ENDPOINT.closed)
  if ((flags & TCP_FLAG.rst) !== 0) state = reset(state, forward, (flags & TCP_FLAG.fin) !== 0)
  if (own(state, forward) !== ENDPOINT.inactive) return state

  const peer = own(state, !forward)
  // Some stacks acknowledge a SYN before they answer it with their own.
  if (!forward && payload === 0 && peer === ENDPOINT.synSent) return state
  const established = (flags & TCP_FLAG.ack) !== 0 && peer === ENDPOINT.established
  return withOwn(state, forward, established ? ENDPOINT.established : ENDPOINT.partial)
}

function open(state: number, flags: number, forward: boolean): number {
  if (forward) return withOwn(state, true, (flags & TCP_FLAG.ack) !== 0 ? ENDPOINT.synAckSent : ENDPOINT.synSent)
  const answered = own(state, true) === ENDPOINT.synSent ? withOwn(state, true, ENDPOINT.established) : state
  return withOwn(answered, false, ENDPOINT.established)
}

function fromEstablished(state: number, flags: number, forward: boolean): number {
  if ((flags & TCP_FLAG.rst) !== 0) return reset(state, forward, false)
  if ((flags & TCP_FLAG.fin) !== 0) return close(state, forward)
  const unanswered = own(state, forward) === ENDPOINT.partial && own(state, !forward) === ENDPOINT.inactive
  const opens = (flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn
  return opens && unanswered ? withOwn(state, forward, ENDPOINT.synSent) : state
}

function close(state: number, forward: boolean): number {
  const closed = withOwn(state, forward, ENDPOINT.closed)
  const peerClosedFirst = (closed & (forward ? RESPONDER_CLOSED_FIRST : ORIGINATOR_CLOSED_FIRST)) !== 0
  // The peer sent FIN, then RST: with ours that was a normal end after all.
  const undo = own(closed, !forward) === ENDPOINT.reset && peerClosedFirst
  return undo ? withOwn(closed, !forward, ENDPOINT.closed) : closed
}

function reset(state: number, forward: boolean, afterFin: boolean): number {
  const next = withOwn(state, forward, ENDPOINT.reset)
  return afterFin ? next | (forward ? ORIGINATOR_CLOSED_FIRST : RESPONDER_CLOSED_FIRST) : next
}

function own(state: number, forward: boolean): number {
  return (forward ? state : state >> RESPONDER_SHIFT) & 7
}

function withOwn(state: number, forward: boolean, endpoint: number): number {
  return forward ? (state & ~7) | endpoint : (state & ~(7 << RESPONDER_SHIFT)) | (endpoint << RESPONDER_SHIFT)
}

/** True while both sides have opened and neither has closed. */
export function isEstablished(state: number): boolean {
  return (state & 0x3f) === (ENDPOINT.established | (ENDPOINT.established << RESPONDER_SHIFT))
}

/** True once both sides sent FIN, or either sent RST. */
export function isTcpOver(state: number): boolean {
  const originator = own(state, true)
  const responder = own(state, false)
  if (originator === ENDPOINT.reset || responder === ENDPOINT.reset) return true
  return originator === ENDPOINT.closed && responder === ENDPOINT.closed
}

/** True once the originator sent RST: what it sends later no longer tells how it gave up. */
export function hasOriginatorReset(state: number): boolean {
  return own(state, true) === ENDPOINT.reset
}

/**
 * Zeek's conn_state (base/protocols/conn) of the eight bits. `gaveUp`: nothing but SYN and data came from the originator
 * before its RST. `payload`: either side sent some.
 */
export function connStateOf(state: number, gaveUp: boolean, payload: boolean): ConnState {
  const originator = own(state, true)
  const responder = own(state, false)
  if (responder === ENDPOINT.reset) return resetByResponder(originator, payload)
  if (originator === ENDPOINT.reset) return resetByOriginator(responder, gaveUp)
  if (originator === ENDPOINT.closed || responder === ENDPOINT.closed) return closed(originator, responder)
  if (originator === ENDPOINT.synSent && responder === ENDPOINT.inactive) return 'S0'
  return originator === ENDPOINT.established && responder === ENDPOINT.established ? 'S1' : 'OTH'
}

function closed(originator: number, responder: number): ConnState {
  if (originator === responder) return 'SF'
  if (originator === ENDPOINT.closed) return isInactive(responder) ? 'SH' : 'S2'
  return isInactive(originator) ? 'SHR' : 'S3'
}

function resetByOriginator(responder: number, gaveUp: boolean): ConnState {
  if (!isInactive(responder)) return 'RSTO'
  return gaveUp ? 'RSTOS0' : 'OTH'
}

function resetByResponder(originator: number, payload: boolean): ConnState {
  if (originator === ENDPOINT.synSent || originator === ENDPOINT.synAckSent) return 'REJ'
  if (originator === ENDPOINT.reset && !payload) return 'REJ'
  return isInactive(originator) ? 'RSTRH' : 'RSTR'
}

function isInactive(endpoint: number): boolean {
  return endpoint === ENDPOINT.inactive || endpoint === ENDPOINT.partial
}
