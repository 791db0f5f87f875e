import type { FlowRecord } from '../types/flow.ts'
import type { HostContext } from '../types/host.ts'
import { addressKey } from './members.ts'
import { Recent } from './recent.ts'

/** Ports of the system's services; peers use those above. */
const SERVICES = 1_024
/** Distinct hosts, and ports at them, within a minute and within an hour; a port for every four hosts at least. */
const MINUTE = 8
const HOUR = 40
const PORTS_PER_HOST = 0.25
/** Who searches gets hardly any answer: a peer fails with no more than this share of its flows. */
const FAILED = 0.8
/** Seconds a peer stays one, and how many are remembered, the oldest forgotten first. */
const STAYS = 3_600
const PEERS = 1_024

/**
 * Tells who is a peer among peers: one of ours that talks with very many hosts elsewhere, at nearly as many ports, and is
 * answered by a good part of them (BitTorrent, calls and games without a server). A scan has few ports or few answers.
 */
export interface Peers {
  /** Whether a flow is one between peers. */
  see(flow: FlowRecord, context: HostContext, time: number): boolean
  counters(): Record<string, number>
}

/** Starts without any. */
export function createPeers(): Peers {
  const peers = new Recent(PEERS)
  let found = 0

  return {
    see({ address, dstPort }, context, time) {
      const { srcLocal, dstLocal } = context
      if (srcLocal === dstLocal || dstPort < SERVICES) return false
      const host = addressKey(address, srcLocal ? 0 : 4)
      if (srcLocal && talksToAll(context) && peers.note(host, time)) found++
      return time - peers.last(host) <= STAYS
    },
    counters: () => ({ peers: peers.size, peers_found: found }),
  }
}

function talksToAll(c: HostContext): boolean {
  return (
    isMixed(MINUTE, c.srcFanout60s, c.srcPorts60s, c.srcFailed60s, c.srcFlows60s) ||
    isMixed(HOUR, c.srcFanout1h, c.srcPorts1h, c.srcFailed1h, c.srcFlows1h)
  )
}

function isMixed(least: number, hosts: number, ports: number, failed: number, flows: number): boolean {
  return hosts >= least && ports >= least && ports >= PORTS_PER_HOST * hosts && failed <= FAILED * flows
}
