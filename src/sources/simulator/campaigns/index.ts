import { InputError } from '../../../types/errors.ts'
import { arpSpoofing } from './arp-spoofing.ts'
import { beacon } from './beacon.ts'
import { bruteForce } from './brute-force.ts'
import type { Campaign } from './campaign.ts'
import { dga } from './dga.ts'
import { dhcpStarvation } from './dhcp-starvation.ts'
import { dnsTunnel } from './dns-tunnel.ts'
import { exfiltration } from './exfiltration.ts'
import { horizontalSweep } from './horizontal-sweep.ts'
import { httpFlood } from './http-flood.ts'
import { icmpFlood } from './icmp-flood.ts'
import { icmpTunnel } from './icmp-tunnel.ts'
import { icsWrite } from './ics-write.ts'
import { lateralMovement } from './lateral-movement.ts'
import { longConnection } from './long-connection.ts'
import { newDevice } from './new-device.ts'
import { rareDestination } from './rare-destination.ts'
import { slowHttp } from './slow-http.ts'
import { synFlood } from './syn-flood.ts'
import { udpAmplification } from './udp-amplification.ts'
import { verticalScan } from './vertical-scan.ts'

/** Every family of attack the simulator can stage, in the order `campaigns` stages them. */
export const campaigns: readonly Campaign[] = [
  verticalScan,
  horizontalSweep,
  synFlood,
  udpAmplification,
  icmpFlood,
  httpFlood,
  slowHttp,
  bruteForce,
  beacon,
  dnsTunnel,
  icmpTunnel,
  dga,
  exfiltration,
  longConnection,
  arpSpoofing,
  dhcpStarvation,
  lateralMovement,
  icsWrite,
  newDevice,
  rareDestination,
]

/** The family of that name; throws an `InputError` listing what there is. */
export function campaignOf(family: string): Campaign {
  const found = campaigns.find((campaign) => campaign.family === family)
  if (found !== undefined) return found
  throw new InputError(
    `no family of attack "${family}"; there are: ${campaigns.map((known) => known.family).join(', ')}`,
  )
}
