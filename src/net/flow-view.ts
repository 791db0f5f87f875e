import type { FlowView } from '../types/events.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Verdict } from '../types/verdict.ts'
import { formatAddress } from './address.ts'
import { communityId } from './community-id.ts'
import { protocolLabel } from './flow-record.ts'
import { tunnelLabel } from './tunnel.ts'

/** One judged flow as a person sees it in a list: a copy, detached from the reused record. */
export function flowView(flow: FlowRecord, verdict: Verdict, type: string | null): FlowView {
  return {
    id: flow.id,
    time: flow.last,
    source: formatAddress(flow.address, 0),
    destination: formatAddress(flow.address, 4),
    ...(flow.names?.remoteName && { destinationName: flow.names.remoteName }),
    srcPort: flow.srcPort,
    dstPort: flow.dstPort,
    protocol: protocolLabel(flow),
    communityId: communityId(flow),
    ...(flow.tunnel && { tunnel: tunnelLabel(flow.tunnel) }),
    packets: flow.forward.packets + flow.reverse.packets,
    bytes: flow.forward.bytes + flow.reverse.bytes,
    duration: flow.last - flow.first,
    status: verdict.anomaly ? 'Anomaly' : 'Normal',
    method: verdict.method,
    confidence: verdict.confidence,
    ruleScore: verdict.ruleScore,
    mlScore: verdict.mlScore,
    type,
  }
}
