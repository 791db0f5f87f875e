import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, PSH } from '../conversation.ts'
import { logNormal, uniform } from '../distributions.ts'
import { close, connect, exchange, leave, localPath, outsidePath, tls, upload } from '../tcp.ts'
import { ephemeral, type Kind, type Stage } from './kind.ts'

/** A plug, the camera or the hub assures its cloud that it is there: a slice of a connection hours old. */
const keepAlive: Kind = {
  name: 'iot-cloud',
  day: 8,
  night: 12,
  write(stage) {
    const { network, random } = stage
    const index = integer(random, 0, network.plugs.length + 1)
    const source = [...network.plugs, network.camera, network.hub][index]!
    const site = network.sites.cloud[index < network.plugs.length ? 0 : index - network.plugs.length + 1]!
    persistent(stage, source, site, 8883, index)
  },
}

/** The phone's and laptop's push channels. */
const push: Kind = {
  name: 'push',
  day: 3,
  night: 5,
  write(stage) {
    const which = integer(stage.random, 0, 1)
    const { network } = stage
    persistent(stage, which === 0 ? network.phone : network.laptop, network.sites.push[which]!, 5223, 7 + which)
  },
}

/** A document, as large as documents are. */
const printing: Kind = {
  name: 'printing',
  day: 1,
  night: 0.1,
  write({ random, network, talk }) {
    const source = pick(random, [network.windows, network.laptop, network.phone])
    const ends = { source, destination: network.printer, srcPort: ephemeral(random), dstPort: 631 }
    const path = localPath(random)
    talk.open({ protocol: PROTOCOL.tcp, ...ends })
    connect(talk, path)
    exchange(talk, random, path, 420, 1_900)
    upload(talk, random, path, Math.round(logNormal(random, 180_000, 1.1, 8_000, 2_000_000)))
    exchange(talk, random, path, 300, 500)
    close(talk, path)
  },
}

/** Somebody looks after the NAS: key exchange, then keystrokes and their echo. */
const ssh: Kind = {
  name: 'ssh',
  day: 0.5,
  night: 0.1,
  write({ random, network, talk }) {
    const ends = { source: network.laptop, destination: network.nas, srcPort: ephemeral(random), dstPort: 22 }
    const path = localPath(random)
    talk.open({ protocol: PROTOCOL.tcp, ...ends, names: { ssh: 'SSH-2.0-OpenSSH_9.6' } })
    connect(talk, path)
    exchange(talk, random, path, 21, 41)
    exchange(talk, random, path, 1_536, 1_120)
    exchange(talk, random, path, 84, 700)
    exchange(talk, random, path, 640, 36)
    const strokes = integer(random, 20, 90)
    for (let i = 0; i < strokes; i++) {
      talk.forward(logNormal(random, 0.18, 0.6, 0.04, 1.2), 36, PSH | ACK)
      talk.reverse(path.rtt, i % 12 === 11 ? integer(random, 200, 1400) : 36, PSH | ACK)
      talk.forward(0.0002, 0, ACK)
    }
    close(talk, path)
  },
}

/** Is there mail? Now and then one is sent. */
const mail: Kind = {
  name: 'mail',
  day: 4,
  night: 1,
  write({ random, network, talk }) {
    const sends = random() < 0.15
    const site = network.sites.mail[sends ? 1 : 0]!
    const source = pick(random, [network.phone, network.laptop, network.windows])
    const ends = { source, destination: site, srcPort: ephemeral(random), dstPort: sends ? 465 : 993 }
    const path = outsidePath(random)
    talk.open({ protocol: PROTOCOL.tcp, ...ends, names: { tlsSni: site.name } })
    connect(talk, path)
    tls(talk, random, path)
    for (let i = integer(random, 2, 5); i > 0; i--) exchange(talk, random, path, integer(random, 40, 110), 180)
    if (sends) upload(talk, random, path, Math.round(logNormal(random, 14_000, 1.2, 900, 700_000)))
    else exchange(talk, random, path, 60, Math.round(logNormal(random, 4_000, 1.4, 100, 400_000)))
    leave(talk, random, path)
  },
}

/** The hub reads the inverter's registers, never writes. */
const polling: Kind = {
  name: 'modbus-read',
  day: 2,
  night: 1,
  write({ random, network, talk }) {
    const ends = { source: network.hub, destination: network.inverter, srcPort: ephemeral(random), dstPort: 502 }
    const path = localPath(random)
    talk.open({ protocol: PROTOCOL.tcp, ...ends })
    connect(talk, path)
    const reads = integer(random, 3, 8)
    for (let i = 0; i < reads; i++) {
      talk.forward(i === 0 ? 0.001 : uniform(random, 0.9, 1.1), 12, PSH | ACK)
      talk.reverse(path.rtt * 2, 29, PSH | ACK)
      talk.forward(0.0002, 0, ACK)
    }
    close(talk, path)
  },
}

export const household: readonly Kind[] = [keepAlive, push, printing, ssh, mail, polling]

/** One 60 s slice of a connection that stays up for hours, always from the same port. */
function persistent(
  stage: Stage,
  source: Stage['network']['hub'],
  site: Stage['network']['hub'],
  port: number,
  salt: number,
) {
  const { random, talk } = stage
  const slice = integer(random, 3, 400)
  const ends = { source, destination: site, srcPort: 50_000 + salt, dstPort: port }
  talk.open({ protocol: PROTOCOL.tcp, ...ends, slice, age: slice * 60 })
  const path = outsidePath(random)
  const beats = integer(random, 1, 3)
  for (let i = 0; i < beats; i++) {
    talk.forward(i === 0 ? 0 : uniform(random, 14, 18), integer(random, 31, 90), PSH | ACK)
    talk.reverse(path.rtt, integer(random, 31, 60), PSH | ACK)
    talk.forward(0.0004, 0, ACK)
  }
}
