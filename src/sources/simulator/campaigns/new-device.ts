import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { whoHas } from '../arp.ts'
import { logNormal, uniform } from '../distributions.ts'
import { BROADCAST, type Device, NOBODY } from '../network.ts'
import { close, connect, exchange, outsidePath, tls } from '../tcp.ts'
import { actors } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

/** A MAC nobody has seen asks for an address, finds the router, and begins to talk. */
export const newDevice: Campaign = {
  family: 'new-device',
  type: 'New Device',
  attack: ['T1200'],
  variants: ['joins'],
  size: 'few',
  generate(scene) {
    const { random, network, talk } = scene
    const device = network.stranger(integer(random, 200, 250), 0xdca632000000 + integer(random, 0, 0xffffff))
    const ends = { source: { ...NOBODY, mac: device.mac, ttl: 64 }, destination: BROADCAST, srcPort: 68, dstPort: 67 }
    talk.open({ protocol: PROTOCOL.udp, ...ends }, scene.start)
    talk.forward(0, 300)
    talk.forward(0.03, 300)
    scene.push()
    talk.open(whoHas(device, network.router), scene.start + 0.4)
    talk.forward(0, 0)
    talk.reverse(0.001, 0)
    scene.push()
    let time = scene.start + 1
    for (let i = scene.amount(1, 8); i > 0; i--) time += visit(scene, device, time)
    return actors(device, null)
  },
}

/** Asks for a name and fetches something; returns how long it took, with the pause after it. */
function visit(scene: Scene, source: Device, time: number): number {
  const { random, network, talk } = scene
  const site = pick(random, network.sites.web)
  const names = { dnsQuery: site.name, dnsType: 1, dnsRcode: 0, dnsAnswers: 1 }
  const srcPort = integer(random, 49_152, 65_535)
  talk.open({ protocol: PROTOCOL.udp, source, destination: network.router, srcPort, dstPort: 53, names }, time)
  talk.forward(0, site.name.length + 18)
  talk.reverse(0.02, site.name.length + 34)
  scene.push()
  const path = outsidePath(random)
  const ends = { source, destination: site, srcPort: srcPort - 1, dstPort: 443 }
  talk.open({ protocol: PROTOCOL.tcp, ...ends, names: { tlsSni: site.name } }, time + 0.03)
  connect(talk, path)
  tls(talk, random, path)
  exchange(talk, random, path, integer(random, 200, 800), Math.round(logNormal(random, 20_000, 1, 500, 300_000)))
  close(talk, path)
  scene.push()
  return talk.elapsed + uniform(random, 0.5, 4)
}
