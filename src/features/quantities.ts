import type { Direction, FlowRecord } from '../types/flow.ts'

/** Packets of both directions. */
export function packets({ forward, reverse }: FlowRecord): number {
  return forward.packets + reverse.packets
}

/** Bytes of both directions. */
export function bytes({ forward, reverse }: FlowRecord): number {
  return forward.bytes + reverse.bytes
}

/** Seconds from first to last packet. */
export function duration({ first, last }: FlowRecord): number {
  return last - first
}

/** `amount` a second; a flow that took no time counts as one second long, so that one packet is one packet a second. */
export function perSecond(amount: number, flow: FlowRecord): number {
  const seconds = duration(flow)
  return amount / (seconds > 0 ? seconds : 1)
}

/** `part` of `whole`; 0 where there is no whole. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

/** A packet count of one kind, such as `syn`, over both directions. */
export function flagged({ forward, reverse }: FlowRecord, flag: Flag): number {
  return forward[flag] + reverse[flag]
}

/** TCP flags counted per direction. */
export type Flag = Extract<keyof Direction, 'fin' | 'syn' | 'rst' | 'psh' | 'ack' | 'urg' | 'ece' | 'cwr'>
