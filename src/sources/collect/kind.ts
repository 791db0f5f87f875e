import { z } from 'zod'
import { sourceKind } from '../kind.ts'
import type { ExportFormat } from './export-format.ts'
import { createCollectSource } from './source.ts'

/** 0 is none. */
const port = z.number().int().min(0).max(65_535)

/** Settings of the collector of exported flows. */
export const COLLECT_SETTINGS = {
  /** Address to listen on. */
  host: z.string().min(1).default('127.0.0.1'),
  /** UDP ports, as devices are usually told them; every one takes every protocol. */
  netflowPort: port.default(2055),
  ipfixPort: port.default(4739),
  sflowPort: port.default(6343),
  /** Addresses and CIDR blocks of the devices that are listened to. Empty: all that can reach the address. */
  allow: z.union([z.array(z.string()), z.string().transform((block) => [block])]).default([]),
}

/** `collect`: flows that routers, switches and firewalls export over UDP. */
export const collectKind = (formats: readonly ExportFormat[]) =>
  sourceKind('collect', COLLECT_SETTINGS, {
    create: ({ name, host, netflowPort, ipfixPort, sflowPort, allow }, { seed, clock, decoder }) => {
      const ports = [netflowPort, ipfixPort, sflowPort].filter((number) => number !== 0)
      return createCollectSource({ name, seed, clock, formats, decoder: decoder(), host, ports, allow })
    },
  })
