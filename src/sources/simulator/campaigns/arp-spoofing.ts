import { pick } from '../../../math/random.ts'
import { isAt } from '../arp.ts'
import { uniform } from '../distributions.ts'
import { BROADCAST } from '../network.ts'
import { actors } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

/** A host's MAC claims the router's address, over and over, to one victim or to all. */
export const arpSpoofing: Campaign = {
  family: 'arp-spoofing',
  type: 'ARP Spoofing',
  attack: ['T1557.002'],
  variants: ['victim', 'gratuitous'],
  size: 'few',
  generate(scene, variant) {
    const { random, network } = scene
    const attacker = pick(random, [network.tv, network.windows])
    const victim = network.laptop
    const claimed = { ...network.router, mac: attacker.mac }
    const target = variant === 'victim' ? victim : { ...network.router, mac: BROADCAST.mac }
    const slices = scene.amount(2, 3)
    for (let slice = 0; slice < slices; slice++) claim(scene, claimed, target, slice)
    return actors(attacker, variant === 'victim' ? victim : network.router)
  },
}

type Ends = Scene['network']['router']

/** A minute of claims about every ten seconds, sooner than the victim's cache forgets. */
function claim(scene: Scene, source: Ends, destination: Omit<Ends, 'name'>, slice: number): void {
  const { random, talk } = scene
  talk.open({ ...isAt(source, destination), slice, age: slice * 60 }, scene.start + slice * 60)
  for (let i = 0; i < 6; i++) talk.forward(i === 0 ? 0 : uniform(random, 9, 11), 0)
  scene.push('active')
}
