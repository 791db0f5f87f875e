import { z } from 'zod'
import { sourceKind } from '../kind.ts'
import { createWatchSource } from './watch.ts'

/** No more than Linux allows, and nothing the capturing program could take for an option or for another machine. */
const INTERFACE = z.string().regex(/^[A-Za-z0-9_][\w.:-]{0,14}$/, 'must be the name of a network interface, or any')

/** A BPF filter, as pcap-filter(7) has it. */
const FILTER = z
  .string()
  .max(4_096)
  .regex(/^\P{Cc}*$/u, 'must be one line')

/** Settings of live capture. */
export const WATCH_SETTINGS = {
  interface: INTERFACE,
  filter: FILTER.default(''),
  /** Bytes kept of every packet: enough for names. */
  snapLength: z.number().int().min(64).max(262_144).default(256),
  promiscuous: z.boolean().default(true),
  /** The program that captures; the first that is installed unless given. */
  tool: z.enum(['dumpcap', 'tcpdump']).optional(),
}

/** `watch`: the packets of an interface, as they pass. */
export const WATCH = sourceKind('watch', WATCH_SETTINGS, {
  create: ({ name, tool, ...capture }, { clock }) => createWatchSource({ name, tool, clock, capture }),
})
