import { pick } from '../../../math/random.ts'
import { isAt, whoHas } from '../arp.ts'
import { uniform } from '../distributions.ts'
import { BROADCAST } from '../network.ts'
import { actors } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

/**
 * A device slips in between the router and one victim, telling each that it is the other, as arpspoof and ettercap do; or
 * tells all that it is the router. ARP shows whom it claims to be, not its own address.
 */
export const arpSpoofing: Campaign = {
  family: 'arp-spoofing',
  type: 'ARP Spoofing',
  attack: ['T1557.002'],
  variants: ['between', 'gratuitous'],
  size: 'few',
  generate(scene, variant) {
    const { random, network } = scene
    const { laptop, router } = network
    const attacker = pick(random, [network.tv, network.windows])
    const slices = scene.amount(2, 3)
    const everybody = { ...router, mac: BROADCAST.mac }
    if (variant === 'between') for (const target of [laptop, router]) ask(scene, attacker, target)
    for (let slice = 0; slice < slices; slice++) {
      claim(scene, { ...router, mac: attacker.mac }, variant === 'between' ? laptop : everybody, slice)
      if (variant === 'between') claim(scene, { ...laptop, mac: attacker.mac }, router, slice)
    }
    return actors(null, variant === 'between' ? laptop : router)
  },
}

type Ends = Scene['network']['router']

/** Where to send the lies to, and the traffic of others. */
function ask({ random, talk, start, push }: Scene, attacker: Ends, target: Ends): void {
  talk.open(whoHas(attacker, target), start)
  talk.forward(0, 0)
  talk.reverse(uniform(random, 0.0005, 0.004), 0)
  push()
}

/** A minute of claims about every ten seconds, sooner than a cache forgets. */
function claim(scene: Scene, source: Ends, destination: Omit<Ends, 'name'>, slice: number): void {
  const { random, talk } = scene
  talk.open({ ...isAt(source, destination), slice, age: slice * 60 }, scene.start + 1 + slice * 60)
  for (let i = 0; i < 6; i++) talk.forward(i === 0 ? 0 : uniform(random, 9, 11), 0)
  scene.push('active')
}
