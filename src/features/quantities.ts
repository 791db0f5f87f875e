import type { FlowRecord } from '../types/flow.ts'

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

/** Packets with each TCP flag, over both directions: an accessor each, for one that looks up a key costs ten times as much. */
export const FLAGGED = {
  fin: ({ forward, reverse }: FlowRecord): number => forward.fin + reverse.fin,
  syn: ({ forward, reverse }: FlowRecord): number => forward.syn + reverse.syn,
  rst: ({ forward, reverse }: FlowRecord): number => forward.rst + reverse.rst,
  psh: ({ forward, reverse }: FlowRecord): number => forward.psh + reverse.psh,
  ack: ({ forward, reverse }: FlowRecord): number => forward.ack + reverse.ack,
  urg: ({ forward, reverse }: FlowRecord): number => forward.urg + reverse.urg,
  ece: ({ forward, reverse }: FlowRecord): number => forward.ece + reverse.ece,
  cwr: ({ forward, reverse }: FlowRecord): number => forward.cwr + reverse.cwr,
} as const

export type Flag = keyof typeof FLAGGED
