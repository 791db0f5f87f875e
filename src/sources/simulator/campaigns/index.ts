import { bruteForce } from './brute-force.ts'
import type { Campaign } from './campaign.ts'
import { exfiltration } from './exfiltration.ts'
import { icmpFlood } from './icmp-flood.ts'
import { verticalScan } from './vertical-scan.ts'

/** Every family of attack the simulator can stage. */
export const campaigns: readonly Campaign[] = [exfiltration, icmpFlood, verticalScan, bruteForce]
