import { z } from 'zod'
import { formatAddress, formatMac } from '../../net/address.ts'
import { protocolName } from '../../net/flow-record.ts'
import type { Observation } from '../../types/observation.ts'
import type { Change, Finding, Reason } from '../../types/verdict.ts'
import type { Detector } from '../detector.ts'
import { formatBytes, formatNumber, formatSpan } from '../ecod/wording.ts'
import { createArrivals } from './arrivals.ts'
import { createDestinations, type Rarity } from './destinations.ts'
import { NEWCOMER } from './tunables.ts'

const DEVICE: Finding = {
  type: 'New Device',
  attack: ['T1200'],
  level: 'low',
  response:
    'See whether somebody brought it: its maker is in the first half of its MAC address. If nobody did, find its switch port or block it at the access point.',
  title: 'A device that was not here before',
}
const HOST: Finding = {
  type: 'Rare Destination',
  attack: ['T1071'],
  level: 'low',
  response: 'See whether the device has a reason to talk to this address.',
  title: 'A host outside that nobody else here talks to',
}
const PORT: Finding = {
  ...HOST,
  attack: ['T1071', 'T1571'],
  level: 'medium',
  response:
    'Find out what the device wants there. If nobody knows, block the address, restart the device with current firmware and a new password.',
}

/** All it can tell of. */
export const FINDINGS: readonly Finding[] = [DEVICE, HOST, PORT]

/** Tells of devices new to the network, and of hosts outside that are new to all who are here. */
export function createNewcomerDetector({ seed }: { seed: number }): Detector {
  const arrivals = createArrivals()
  const destinations = createDestinations(seed)
  let arrived = false
  let rarity: Rarity = ''
  return {
    name: 'newcomer',
    kind: 'rule',
    score({ flow, context }) {
      arrived = arrivals.see(flow, context)
      rarity = destinations.see(flow, context)
      return scoreOf(arrived, rarity)
    },
    explain: (observation) => [
      ...(arrived ? [deviceReason(observation, rarity === '' ? 1 : 0.5)] : []),
      ...(rarity === '' ? [] : [destinationReason(observation, rarity, arrived ? 0.5 : 1)]),
    ],
    basis: () => ({ arrived, rarity }),
    recompute(_, basis) {
      const seen = basisSchema.parse(basis)
      return { score: scoreOf(seen.arrived, seen.rarity), p: 1 }
    },
    nearest: ({ context }) => [
      ...(arrived ? [{ change: knownBefore(context.srcAge), score: NEWCOMER.device.score }] : []),
      ...(rarity === '' ? [] : [{ change: talkedToBefore(context.dstTalkers), score: scoreOf(false, rarity) }]),
    ],
    findings: () => [
      ...(rarity === 'port' ? [PORT] : []),
      ...(arrived ? [DEVICE] : []),
      ...(rarity === 'host' ? [HOST] : []),
    ],
    bytes: destinations.bytes,
    counters: () => ({ ...arrivals.counters(), ...destinations.counters() }),
  }
}

const basisSchema = z.object({ arrived: z.boolean(), rarity: z.enum(['', 'host', 'port']) })

function scoreOf(arrived: boolean, rarity: Rarity): number {
  const { device, destination } = NEWCOMER
  if (rarity === 'port') return destination.newPortScore
  return arrived ? device.score : rarity === 'host' ? destination.score : 0
}

function knownBefore(age: number): Change {
  const to = NEWCOMER.device.young + 1
  return { feature: 'src_age', label: 'time since the device was first seen', unit: 's', from: age, to }
}

function talkedToBefore(talkers: number): Change {
  return { feature: 'dst_talkers', label: 'local hosts that talk to the destination', unit: '', from: talkers, to: 2 }
}

function deviceReason({ flow, context }: Observation, share: number): Reason {
  const device =
    context.srcDevice > 0 ? `${formatMac(flow.srcMac)} (${formatAddress(flow.address)})` : formatAddress(flow.address)
  return {
    detector: 'newcomer',
    feature: 'src_age',
    label: 'time since the device was first seen',
    unit: 's',
    text: `${device} was never seen in ${formatSpan(context.networkAge)} of watching, with ${formatNumber(context.localHosts)} local hosts known`,
    observed: context.srcAge,
    expected: 'a known device',
    share,
  }
}

function destinationReason({ flow, context }: Observation, rarity: Rarity, share: number): Reason {
  const { fanout60s } = NEWCOMER.destination
  const to = `${formatAddress(flow.address, 4)} ${protocolName(flow.protocol).toUpperCase()} port ${flow.dstPort}`
  const said = formatBytes(flow.forward.payload + flow.reverse.payload)
  const most = formatNumber(context.baseline.quantile('fanout_60s', 0.99))
  const port = rarity === 'port' ? '; nobody here used that port before' : ''
  return {
    detector: 'newcomer',
    feature: 'dst_talkers',
    label: 'local hosts that talk to the destination',
    text: `${formatAddress(flow.address)}, which talks to ${most} hosts or fewer in 99 of 100 minutes, exchanged ${said} with ${to}, known to none of ${formatNumber(context.localHosts)} hosts here${port}`,
    observed: context.dstTalkers,
    expected: `> 1, or a host that often talks to more than ${fanout60s}`,
    share,
  }
}
