import { PROTOCOL } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Reach } from './condition.ts'

const PORTS = 65_536
const WITH_PORTS: readonly number[] = [PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp]

/** For each destination port, which of a few lists of rules can match; one list where no rule asks for a port. */
interface PortIndex<T> {
  readonly which: Uint16Array | null
  readonly named: readonly (readonly T[])[]
  readonly unnamed: readonly (readonly T[])[]
}

/** Finds the rules a flow can match by its protocol, its destination port and whether names were read of it. */
export class RuleIndex<T> {
  private readonly protocols: PortIndex<T>[]
  private readonly other: PortIndex<T>

  constructor(items: readonly T[], reachOf: (item: T) => Reach) {
    const reaching = (protocol: number | null): T[] =>
      items.filter((item) => {
        const { protocols, ports } = reachOf(item)
        if (ports !== null && (protocol === null || !WITH_PORTS.includes(protocol))) return false
        return protocols === null || (protocol !== null && protocols.has(protocol))
      })
    const asked = new Set([...WITH_PORTS, ...items.flatMap((item) => [...(reachOf(item).protocols ?? [])])])
    this.other = portIndex(reaching(null), reachOf)
    this.protocols = new Array<PortIndex<T>>(Math.max(0, ...asked) + 1).fill(this.other)
    for (const protocol of asked) this.protocols[protocol] = portIndex(reaching(protocol), reachOf)
  }

  /** The rules that have a chance to match, in their order. */
  select(flow: FlowRecord): readonly T[] {
    const { which, named, unnamed } = this.protocols[flow.protocol] ?? this.other
    const lists = flow.names === null ? unnamed : named
    return lists[which === null ? 0 : which[flow.dstPort & 0xffff]!]!
  }
}

function portIndex<T>(items: readonly T[], reachOf: (item: T) => Reach): PortIndex<T> {
  const asked = new Set(items.flatMap((item) => [...(reachOf(item).ports ?? [])]))
  const which = asked.size === 0 ? null : new Uint16Array(PORTS)
  const named = [items.filter((item) => reachOf(item).ports === null)]
  const numbers = new Map<string, number>()
  for (const port of asked) {
    const list = items.filter((item) => reachOf(item).ports?.has(port) ?? true)
    const key = list.map((item) => items.indexOf(item)).join()
    const known = numbers.get(key)
    const number = known ?? named.push(list) - 1
    numbers.set(key, number)
    if (port >= 0 && port < PORTS) which![port] = number
  }
  const unnamed = named.map((list) => list.filter((item) => !reachOf(item).names))
  return { which, named, unnamed }
}
