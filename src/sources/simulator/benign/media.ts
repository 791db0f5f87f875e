import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import type { End } from '../conversation.ts'
import { logNormal, uniform } from '../distributions.ts'
import { close, connect, download, exchange, leave, localPath, outsidePath, tls, upload } from '../tcp.ts'
import { ephemeral, type Kind, type Stage } from './kind.ts'

/** A few segments of an adaptive stream; the player opens connections as it goes. */
const streaming: Kind = {
  name: 'video',
  day: 4,
  night: 1.5,
  write({ random, network, talk }) {
    const source = pick(random, [network.tv, network.tv, network.phone, network.laptop])
    const site = pick(random, network.sites.video)
    const ends = { source, destination: site, srcPort: ephemeral(random), dstPort: 443 }
    talk.open({ protocol: PROTOCOL.tcp, ...ends, names: { tlsSni: site.name } })
    const path = outsidePath(random)
    connect(talk, path)
    tls(talk, random, path)
    const segments = integer(random, 1, 4)
    for (let i = 0; i < segments; i++) {
      if (i > 0) talk.wait(uniform(random, 2, 6))
      exchange(talk, random, path, integer(random, 400, 900), Math.round(logNormal(random, 500_000, 0.5, 80_000, 1e6)))
    }
    leave(talk, random, path)
  },
}

/** Software from a mirror: one long answer. */
const update: Kind = {
  name: 'update',
  day: 2,
  night: 2.5,
  write({ random, network, talk }) {
    const site = pick(random, network.sites.updates)
    const source = pick(random, [network.windows, network.laptop, network.tv, network.nas, network.phone])
    const port = random() < 0.4 ? 80 : 443
    const path = outsidePath(random)
    const file = { httpMethod: 'GET', httpHost: site.name, httpPath: '/pool/update.bin', httpStatus: 200 }
    const names = port === 80 ? file : { tlsSni: site.name }
    const ends = { source, destination: site, srcPort: ephemeral(random), dstPort: port }
    talk.open({ protocol: PROTOCOL.tcp, ...ends, names })
    connect(talk, path)
    if (port === 443) tls(talk, random, path)
    exchange(talk, random, path, 320, Math.round(logNormal(random, 1_300_000, 0.7, 150_000, 4_200_000)))
    close(talk, path)
  },
}

/** Voice and video both ways, 60 s slices of a call at most. */
const call: Kind = {
  name: 'call',
  day: 1.5,
  night: 0.2,
  write({ random, network, talk }) {
    const source = pick(random, [network.laptop, network.phone])
    const ends = { source, destination: pick(random, network.sites.calls), srcPort: ephemeral(random), dstPort: 3478 }
    talk.open({ protocol: PROTOCOL.udp, ...ends })
    const packets = integer(random, 400, 2_000)
    talk.forward(0, 20)
    for (let i = 0; i < packets; i++) {
      talk.forward(
        uniform(random, 0.004, 0.014),
        random() < 0.4 ? integer(random, 120, 200) : integer(random, 700, 1150),
      )
      talk.reverse(
        uniform(random, 0.004, 0.014),
        random() < 0.4 ? integer(random, 120, 200) : integer(random, 700, 1150),
      )
    }
  },
}

/** Small packets at a steady beat. */
const game: Kind = {
  name: 'game',
  day: 1.5,
  night: 0.6,
  write({ random, network, talk }) {
    const ends = { source: network.console, destination: pick(random, network.sites.games), dstPort: 30_000 }
    talk.open({ protocol: PROTOCOL.udp, ...ends, srcPort: ephemeral(random) })
    const beats = integer(random, 150, 900)
    for (let i = 0; i < beats; i++) {
      talk.forward(i === 0 ? 0 : uniform(random, 0.02, 0.04), integer(random, 40, 110))
      talk.reverse(uniform(random, 0.008, 0.02), integer(random, 80, 360))
    }
  },
}

/** The camera records to the NAS whenever something moves. */
const recording: Kind = {
  name: 'recording',
  day: 2,
  night: 2,
  write: (stage) => store(stage, stage.network.camera, 554, integer(stage.random, 150_000, 900_000)),
}

/** Files to and from the NAS. */
const files: Kind = {
  name: 'files',
  day: 3,
  night: 0.5,
  write(stage) {
    const { random, network } = stage
    const size = Math.round(logNormal(random, 60_000, 1.4, 2_000, 3_000_000))
    store(stage, pick(random, [network.windows, network.laptop]), 445, size)
  },
}

/** What changed today goes to the NAS. */
const backup: Kind = {
  name: 'backup',
  day: 0.6,
  night: 5,
  write(stage) {
    const { random, network } = stage
    const size = Math.round(logNormal(random, 1_600_000, 0.6, 200_000, 4_200_000))
    store(stage, pick(random, [network.windows, network.laptop]), 445, size)
  },
}

export const media: readonly Kind[] = [streaming, update, call, game, recording, files, backup]

function store({ random, network, talk }: Stage, source: End, port: number, bytes: number): void {
  const ends = { source, destination: network.nas, srcPort: ephemeral(random), dstPort: port }
  const path = localPath(random)
  talk.open({ protocol: PROTOCOL.tcp, ...ends })
  connect(talk, path)
  exchange(talk, random, path, 240, 460)
  exchange(talk, random, path, 600, 310)
  if (random() < 0.7) upload(talk, random, path, bytes)
  else download(talk, random, path, bytes)
  close(talk, path, uniform(random, 0.01, 2))
}
