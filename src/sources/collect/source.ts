import { parseAddress, parseBlock } from '../../net/address.ts'
import type { Clock } from '../../types/clock.ts'
import { InputError } from '../../types/errors.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sink, Source, SourceReport } from '../source.ts'
import { Collector } from './collector.ts'
import type { ExportFormat, FrameDecoder } from './export-format.ts'
import type { Bound } from './kernel-drops.ts'
import { Loss } from './loss.ts'
import { Sockets } from './sockets.ts'

const SECOND = 1000

export interface CollectOptions {
  name: string
  seed: number
  clock: Clock
  formats: readonly ExportFormat[]
  decoder: FrameDecoder
  /** Address to listen on. */
  host: string
  /** UDP ports; any takes any protocol. 0 lets the system choose. */
  ports: readonly number[]
  /** Addresses and CIDR blocks of exporters that are listened to; empty for all. */
  allow: readonly string[]
  /** Told where it listens. */
  onListening?: (bound: readonly Bound[]) => void
}

/** Listens for flows that devices export over UDP, until it is stopped. Throws an `InputError` where it cannot. */
export function createCollectSource(options: CollectOptions): Source {
  const { formats, decoder, name, seed, host, ports, clock, onListening } = options
  let take: (flow: FlowRecord) => void = () => {}
  const allows = allowing(options.allow)
  const collector = new Collector({ formats, decoder, name, seed, ...(allows && { allows }) }, (flow) => take(flow))
  const loss = new Loss()
  return {
    name,
    lacks: () => collector.lacks(),
    health: () => ({ ...loss.health(), detail: describe(collector) }),
    counters: () => ({
      ...named('collect', collector.counters()),
      ...named('source', { ...collector.problems(), ...loss.problems() }),
    }),
    async run(sink, signal): Promise<SourceReport> {
      take = (flow) => sink.flow(flow)
      const sockets = new Sockets((bytes, address) => collector.datagram(bytes, address, clock.now()))
      const ticker = setInterval(() => sockets.attempt(() => tick(sink)), SECOND)
      const tick = (to: Sink): void => {
        collector.advance(clock.now())
        to.tick(clock.now())
        loss.update(sockets.drops(), collector)
      }
      try {
        for (const port of new Set(ports)) await sockets.open(host, port)
        onListening?.(sockets.bound)
        await sockets.untilClosed(signal)
        loss.update(sockets.drops(), collector)
      } finally {
        clearInterval(ticker)
        sockets.close()
      }
      collector.flush()
      const { bytes, packets } = collector
      return { bytes, packets, truncated: false, problems: { ...collector.problems(), ...loss.problems() } }
    },
  }
}

function named(stage: string, counters: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counters).map(([reason, value]) => [`${stage}.${reason}`, value]))
}

/** Exporters a line has room for. */
const SHOWN = 8

/** Who exports, in which protocol, how much it samples and what it lost. */
function describe({ exporters }: Collector): string {
  const all = exporters.list().filter(({ protocol }) => protocol !== '')
  if (all.length === 0) return 'nothing has been exported to it yet'
  const lines = all.slice(-SHOWN).map(({ name, protocol, rate, lost }) => {
    const sampled = rate > 1 ? `, 1 in ${Math.round(rate)} packets` : ''
    return `${name} ${protocol}${sampled}${lost > 0 ? `, ${lost} lost` : ''}`
  })
  return `${lines.join('; ')}${all.length > SHOWN ? `; and ${all.length - SHOWN} more` : ''}`
}

/** Whether an address is in one of the blocks; undefined when all are. */
function allowing(blocks: readonly string[]): ((address: string) => boolean) | undefined {
  if (blocks.length === 0) return undefined
  const tests = blocks.map((block) => {
    const test = parseBlock(block)
    if (test === null) throw new InputError(`allow: ${block} is neither an address nor a CIDR block`)
    return test
  })
  const words = new Int32Array(4)
  return (address) => parseAddress(address, words) && tests.some((test) => test(words, 0))
}
