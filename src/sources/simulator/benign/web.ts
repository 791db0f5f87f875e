import { integer, pick, type Random } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { logNormal, popular, uniform } from '../distributions.ts'
import type { Device, Site } from '../network.ts'
import { connect, exchange, leave, outsidePath, tls } from '../tcp.ts'
import { dualStack, ephemeral, type Kind, type Stage } from './kind.ts'

/** A page or an API call over TLS: a few requests on one connection. */
const secure: Kind = {
  name: 'web-https',
  day: 26,
  night: 8,
  write(stage) {
    const { random, network, talk } = stage
    const site = popular(random, network.sites.web)
    open(stage, reader(stage), site, 443)
    const path = outsidePath(random)
    connect(talk, path)
    tls(talk, random, path)
    requests(stage, path, integer(random, 1, 5), 18_000)
    leave(talk, random, path)
  },
}

/** What is left of the web without TLS: captive checks, old devices, package mirrors. */
const plain: Kind = {
  name: 'web-http',
  day: 9,
  night: 5,
  write(stage) {
    const { random, network, talk } = stage
    const site = popular(random, network.sites.web)
    open(stage, pick(random, [network.windows, network.phone, network.tv]), site, 80)
    const path = outsidePath(random)
    connect(talk, path)
    requests(stage, path, integer(random, 1, 3), 6_000)
    leave(talk, random, path)
  },
}

/** HTTP/3: the same pages over QUIC. */
const quic: Kind = {
  name: 'web-quic',
  day: 8,
  night: 3,
  write(stage) {
    const { random, network, talk } = stage
    const site = popular(random, network.sites.web)
    const source = pick(random, [network.phone, network.laptop, network.windows])
    const ends = { ...dualStack(stage, source, site), srcPort: ephemeral(random), dstPort: 443 }
    talk.open({ protocol: PROTOCOL.udp, ...ends, names: { tlsSni: site.name } })
    const path = outsidePath(random)
    talk.forward(0, 1200)
    talk.reverse(path.rtt, 1200)
    talk.reverse(0.0002, 1200)
    talk.forward(0.002, 80)
    const turns = integer(random, 1, 6)
    for (let turn = 0; turn < turns; turn++) {
      talk.forward(logNormal(random, 0.15, 1.2, 0.001, 6), integer(random, 60, 420))
      const packets = Math.round(logNormal(random, 9, 1.1, 1, 220))
      for (let i = 0; i < packets; i++) {
        talk.reverse(i === 0 ? path.rtt : uniform(random, 0.0001, 0.0006), i === packets - 1 ? 400 : 1250)
        if (i % 4 === 3) talk.forward(0.0001, 34)
      }
    }
  },
}

export const web: readonly Kind[] = [secure, plain, quic]

function reader({ random, network }: Stage): Device {
  return popular(random, [network.laptop, network.windows, network.phone, network.tv, network.console])
}

function open(stage: Stage, source: Device, site: Site, port: number): void {
  const { random, talk } = stage
  const ends = { ...dualStack(stage, source, site), srcPort: ephemeral(random), dstPort: port }
  const names = port === 443 ? { tlsSni: site.name } : page(random, site.name)
  talk.open({ protocol: PROTOCOL.tcp, ...ends, names })
}

function page(random: Random, host: string) {
  return {
    httpMethod: random() < 0.9 ? 'GET' : 'POST',
    httpHost: host,
    httpPath: pick(random, ['/', '/index.html', '/status', '/feed.xml', '/images/logo.png', '/api/v1/items']),
    httpUserAgent: 'Mozilla/5.0',
    httpStatus: pick(random, [200, 200, 200, 200, 204, 301, 304, 404]),
  }
}

function requests({ random, talk }: Stage, path: { rtt: number; rate: number }, turns: number, median: number): void {
  for (let turn = 0; turn < turns; turn++) {
    if (turn > 0) talk.wait(logNormal(random, 0.3, 1.3, 0.005, 8))
    const response = Math.round(logNormal(random, median, 1.3, 200, 900_000))
    exchange(talk, random, path, integer(random, 180, 1200), response)
  }
}
