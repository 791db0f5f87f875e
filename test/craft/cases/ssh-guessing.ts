import { type Frame, merge, START } from '../index.ts'
import { household, outside, sshSession } from './household.ts'

/** Somebody outside tries 16 passwords on the server, each on its own connection. */
export function sshGuessing(): Frame[] {
  const attacker = outside('203.0.113.66')
  const tries = Array.from({ length: 16 }, (_, i) => {
    const refused = [['u'.repeat(64), 'f'.repeat(52)] as const, ['p'.repeat(148), 'f'.repeat(84)] as const]
    return sshSession(attacker, 46_000 + i, START + 150 + i * 3.1, refused, 0.4)
  })
  return merge(household(), ...tries)
}
