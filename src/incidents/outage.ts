import type { FlowRecord } from '../types/flow.ts'
import type { HostContext } from '../types/host.ts'
import { addressKey } from './members.ts'
import { Recent } from './recent.ts'

/** Seconds looked at in one piece. */
const PIECE = 30
/** Of the local hosts that try to reach somebody elsewhere so large a share gets no answer, and never fewer than so many. */
const SHARE = 0.75
const FEWEST = 4
/** Seconds within which a host was answered before: who never is says nothing, and what lasts is how things are. */
const BEFORE = 6 * 3_600
/** Seconds after it in which what failed is still part of what is counted of everybody, who all come back at once. */
const AFTERMATH = 1_200
/** Hosts remembered. */
const HOSTS = 4_096

/**
 * Tells when the way out is down: of those who were answered from elsewhere before, nobody is. One host that attacks fails
 * alone, so what fails then is the network's misfortune and no host's doing.
 */
export interface Outage {
  /** Takes a flow, at the clock of the traffic. */
  see(flow: FlowRecord, context: HostContext, time: number): void
  /** Whether the way out is down, or was within the last twenty minutes. */
  holds(time: number): boolean
  counters(): Record<string, number>
}

/** Starts knowing of none. */
export function createOutage(): Outage {
  const answered = new Recent(HOSTS)
  /** Hosts that tried in this piece. */
  const failed = new Set<number>()
  let reached = 0
  let began = Number.NEGATIVE_INFINITY
  let until = Number.NEGATIVE_INFINITY
  let times = 0

  const answer = (host: number, time: number): void => {
    if (answered.last(host) < began) reached++
    answered.note(host, time)
    failed.delete(host)
  }

  const fail = (host: number, time: number): void => {
    const before = answered.last(host)
    if (before < began && time - before <= BEFORE) failed.add(host)
  }

  return {
    see({ address, first, reverse }, { srcLocal, dstLocal, dstBroadcastOrMulticast }, time) {
      if (!srcLocal || dstLocal || dstBroadcastOrMulticast) return
      if (time - began >= PIECE) {
        began = time
        reached = 0
        failed.clear()
      }
      const host = addressKey(address, 0)
      if (reverse.packets === 0) fail(host, time)
      // What began long before says nothing of now.
      else if (time - first < 2 * PIECE) answer(host, time)
      if (failed.size < FEWEST || failed.size < SHARE * (reached + failed.size)) return
      if (time > until) times++
      until = time + AFTERMATH
    },
    holds: (time) => time <= until,
    counters: () => ({ outages: times }),
  }
}
