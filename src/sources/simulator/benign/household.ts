import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, PSH } from '../conversation.ts'
import { logNormal, uniform } from '../distributions.ts'
import { close, connect, exchange, leave, localPath, outsidePath, tls, upload } from '../tcp.ts'
import { ephemeral, type Kind } from './kind.ts'

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

export const household: readonly Kind[] = [printing, ssh, mail, polling]
