import { formatAddress } from '../net/address.ts'
import { protocolLabel } from '../net/flow-record.ts'
import type { PacketView } from '../types/events.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Reason, Verdict } from '../types/verdict.ts'

/** One judged flow as the page shows it: a copy, detached from the reused record. */
export function packetView(flow: FlowRecord, verdict: Verdict, type: string | null, reasons: Reason[]): PacketView {
  return {
    id: flow.id,
    time: flow.last,
    source: formatAddress(flow.address, 0),
    destination: formatAddress(flow.address, 4),
    srcPort: flow.srcPort,
    dstPort: flow.dstPort,
    protocol: protocolLabel(flow),
    packets: flow.forward.packets + flow.reverse.packets,
    bytes: flow.forward.bytes + flow.reverse.bytes,
    duration: flow.last - flow.first,
    status: verdict.anomaly ? 'Anomaly' : 'Normal',
    method: verdict.method,
    confidence: verdict.confidence,
    ruleScore: verdict.ruleScore,
    mlScore: verdict.mlScore,
    type,
    reasons,
  }
}
