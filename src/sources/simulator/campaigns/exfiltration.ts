import { pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { uniform } from '../distributions.ts'
import { close, connect, exchange, outsidePath, tls, upload } from '../tcp.ts'
import { actors, outsider, toolPort } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

const PORTS: Readonly<Record<string, number>> = { scp: 22, https: 443, drip: 443 }
const SLICE = 56

/** A great deal leaves for a host nobody here has talked to before: at once, or in portions. */
export const exfiltration: Campaign = {
  family: 'exfiltration',
  type: 'Data Exfiltration',
  attack: ['T1041', 'T1048'],
  variants: ['scp', 'https', 'drip'],
  size: 'few',
  generate(scene, variant) {
    const { random, network } = scene
    const attacker = pick(random, [network.windows, network.laptop, network.nas])
    const victim = outsider(random, network)
    const portions = variant === 'drip' ? scene.amount(3, 8) : 1
    const bytes = variant === 'drip' ? 4_500_000 : scene.amount(9_000_000, variant === 'scp' ? 160_000_000 : 25_000_000)
    let time = scene.start
    for (let i = 0; i < portions; i++) {
      time += send(scene, { source: attacker, destination: victim, dstPort: PORTS[variant]! }, time, bytes)
      time += uniform(random, 5, 20)
    }
    return actors(attacker, victim)
  },
}

/** One connection, cut where the meter's active timeout cuts it; returns how long it took. */
function send(
  scene: Scene,
  ends: Pick<Parameters<Scene['talk']['open']>[0], 'source' | 'destination' | 'dstPort'>,
  time: number,
  bytes: number,
): number {
  const { random, talk } = scene
  const path = { ...outsidePath(random), rate: uniform(random, 2.2e6, 4e6) }
  const opening = { protocol: PROTOCOL.tcp, ...ends, srcPort: toolPort(random) }
  let left = bytes
  let age = 0
  for (let slice = 0; left > 0; slice++) {
    talk.open({ ...opening, slice, age }, time + age)
    if (slice === 0) {
      connect(talk, path)
      if (ends.dstPort === 443) tls(talk, random, path)
      else exchange(talk, random, path, 1_536, 1_120)
    }
    const portion = Math.min(left, Math.floor(path.rate * SLICE * 0.75))
    upload(talk, random, path, portion)
    left -= portion
    if (left <= 0) close(talk, path)
    age += talk.elapsed + 0.001
    scene.push(left > 0 ? 'active' : undefined)
  }
  return age
}
