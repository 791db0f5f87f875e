import { flowView } from '../net/flow-view.ts'
import type { PacketView } from '../types/events.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Reason, Verdict } from '../types/verdict.ts'

/** One judged flow as the page shows it: a copy, detached from the reused record. */
export function packetView(flow: FlowRecord, verdict: Verdict, type: string | null, reasons: Reason[]): PacketView {
  return { ...flowView(flow, verdict, type), reasons }
}
