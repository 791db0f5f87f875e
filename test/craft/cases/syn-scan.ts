import { type Frame, merge, START, synScan as scan } from '../index.ts'
import { household, LAPTOP, SERVER } from './household.ts'

/** In the middle of ordinary traffic, the laptop tries 300 ports of the server within a second. */
export function synScan(): Frame[] {
  const ports = Array.from({ length: 300 }, (_, i) => 1 + ((i * 37) % 1024))
  const probes = scan({ attacker: LAPTOP, victim: SERVER, ports, open: [22, 80, 445], start: START + 200, gap: 0.003 })
  return merge(household(), probes)
}
