import type { Frame } from '../index.ts'
import { amplification } from './amplification.ts'
import { household } from './household.ts'
import { ipv6 } from './ipv6.ts'
import { sshGuessing } from './ssh-guessing.ts'
import { synScan } from './syn-scan.ts'

/** The golden captures by the name of their folder; each call makes the same frames. */
export const cases: Readonly<Record<string, () => Frame[]>> = {
  benign: household,
  'syn-scan': synScan,
  'ssh-guessing': sshGuessing,
  amplification,
  ipv6,
}
