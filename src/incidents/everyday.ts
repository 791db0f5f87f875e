import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { HostContext } from '../types/host.ts'
import type { Observation } from '../types/observation.ts'
import { addressKey } from './members.ts'
import { createOutage } from './outage.ts'
import { createPeers } from './peers.ts'
import { Recent } from './recent.ts'

/** Seconds after which who was talked to is an acquaintance; more ports, or neighbours, asked for in a minute are a search. */
const ACQUAINTED = 3_600
const PORTS = 6
const NEIGHBOURS = 3
/** Who sends more than so many times what its own 99th percentile of a minute is has no excuse. */
const MUCH = 3
/** Of the flows of somebody who looks at pages no more than this share fails. */
const DEAD_PAGES = 0.25
/** Ports of web servers. */
const WEB = new Set([80, 443, 8080, 8443])
/** A flow of less chance than this is strange: about where models alone call it anomalous. */
const STRANGE = 0.003
/** Seconds for which what a host did is still part of what is counted of it, and hosts remembered for that. */
const COUNTED = 3_600
const HOSTS = 4_096

/**
 * Knows what is rare and yet nobody's attack, however much of it there is: pages looked at, acquaintances that do not answer,
 * a network whose way out is down, peers among peers. Such flows are no evidence of the models' against anybody; nor is, while
 * they are part of what is counted of a host, what it does beside them. Nothing excuses who sends far more than it ever does.
 */
export interface Everyday {
  /** Whether the flow just judged is such a one, given its chance `p` and the clock of the traffic. */
  excuses(observation: Observation, p: number, time: number): boolean
  /** Whether everybody does now what nobody usually does, so that there is nothing to learn. */
  unsettled(time: number): boolean
  counters(): Record<string, number>
}

/** Starts knowing nothing. */
export function createEveryday(): Everyday {
  const outage = createOutage()
  const peers = createPeers()
  /** Hosts with strange flows that were excused. */
  const busy = new Recent(HOSTS)
  let excused = 0

  const judge = ({ flow, context }: Observation, p: number, time: number): boolean => {
    outage.see(flow, context, time)
    const isPeers = peers.see(flow, context, time)
    if (outage.holds(time)) return true
    if (sendsMuch(context)) return false
    if (isPeers || isPage(flow, context)) {
      if (p < STRANGE && context.srcLocal) busy.note(addressKey(flow.address, 0), time)
      return true
    }
    if (isAcquainted(context) && isUnanswered(flow)) return true
    return time - busy.last(addressKey(flow.address, 0)) <= COUNTED && isBeside(flow, context)
  }

  return {
    excuses(observation, p, time) {
      const fits = judge(observation, p, time)
      if (fits) excused++
      return fits
    },
    unsettled: outage.holds,
    counters: () => ({ everyday: excused, ...outage.counters(), ...peers.counters() }),
  }
}

/** A web server elsewhere tells one of ours more than it is told. */
function isPage({ protocol, dstPort, forward, reverse }: FlowRecord, { srcLocal, dstLocal }: HostContext): boolean {
  if (!srcLocal || dstLocal || !WEB.has(dstPort) || reverse.payload <= forward.payload) return false
  return protocol === PROTOCOL.tcp || (protocol === PROTOCOL.udp && dstPort === 443)
}

function sendsMuch({ srcBytesOut60s, baseline }: HostContext): boolean {
  const usual = baseline.quantile('bytes_out_60s', 0.99)
  return usual > 0 && srcBytesOut60s > MUCH * usual
}

function isAcquainted({ pairAge, pairPorts60s }: HostContext): boolean {
  return pairAge >= ACQUAINTED && pairPorts60s <= PORTS
}

/** With acquaintances, to all, to ask for a neighbour or two, or to one of many pages that is not there. */
function isBeside(flow: FlowRecord, context: HostContext): boolean {
  const { dstLocal, dstBroadcastOrMulticast, srcArpTargets60s, srcFailed60s, srcFlows60s } = context
  if (dstBroadcastOrMulticast || isAcquainted(context)) return true
  if (flow.protocol === PROTOCOL.arp) return srcArpTargets60s <= NEIGHBOURS
  return !dstLocal && WEB.has(flow.dstPort) && isUnanswered(flow) && srcFailed60s <= DEAD_PAGES * srcFlows60s
}

function isUnanswered({ protocol, forward, reverse }: FlowRecord): boolean {
  if (protocol === PROTOCOL.tcp) return forward.payload === 0 && reverse.payload === 0
  return protocol === PROTOCOL.udp && reverse.packets === 0
}
