import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, RST, SYN } from '../conversation.ts'
import { shuffled, uniform } from '../distributions.ts'
import type { Device } from '../network.ts'
import { close, connect, exchange, localPath, tls, upload } from '../tcp.ts'
import { actors } from './actors.ts'
import type { Campaign, Scene } from './campaign.ts'

const PORTS: Readonly<Record<string, readonly number[]>> = {
  smb: [445],
  rdp: [3389],
  winrm: [5985],
  mixed: [445, 3389, 5985],
}

/** A taken-over host tries the administrative ports of its neighbours, and gets into some. */
export const lateralMovement: Campaign = {
  family: 'lateral-movement',
  type: 'Lateral Movement',
  attack: ['T1021.001', 'T1021.002', 'T1021.006'],
  variants: Object.keys(PORTS),
  size: 'burst',
  generate(scene, variant) {
    const { random, network } = scene
    const attacker = pick(random, [network.windows, network.laptop])
    const neighbours = network.devices.filter((device) => device !== attacker)
    const others = Array.from({ length: scene.amount(4, 8) }, (_, i) =>
      network.stranger(160 + i, 0x8c1645000100 + i, 128),
    )
    let time = scene.start
    for (const target of shuffled(random, [...neighbours, ...others]).slice(0, scene.amount(14, 18))) {
      const dstPort = pick(random, PORTS[variant]!)
      approach(scene, attacker, target, dstPort, time)
      time += uniform(random, 0.3, 2)
    }
    return actors(attacker, null)
  },
}

function approach(scene: Scene, source: Device, destination: Device, dstPort: number, time: number): void {
  const { random, talk } = scene
  const path = localPath(random)
  const srcPort = integer(random, 49_152, 65_535)
  talk.open({ protocol: PROTOCOL.tcp, source, destination, srcPort, dstPort }, time)
  if (destination.ttl !== 128) {
    talk.forward(0, 0, SYN)
    if (random() < 0.7) talk.reverse(path.rtt, 0, RST | ACK)
    else talk.forward(1, 0, SYN)
    scene.push()
    return
  }
  connect(talk, path)
  if (dstPort === 3389) tls(talk, random, path)
  for (let i = 0; i < 4; i++) exchange(talk, random, path, integer(random, 110, 420), integer(random, 80, 320))
  if (random() < 0.4) upload(talk, random, path, integer(random, 60_000, 240_000))
  close(talk, path)
  scene.push()
}
