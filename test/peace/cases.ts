import { integer, pick, type Random } from '../../src/math/random.ts'
import { PROTOCOL } from '../../src/net/flow-record.ts'
import type { End } from '../../src/sources/simulator/conversation.ts'
import { uniform } from '../../src/sources/simulator/distributions.ts'
import type { Device } from '../../src/sources/simulator/network.ts'
import { close, connect, download, exchange, leave, outsidePath, upload } from '../../src/sources/simulator/tcp.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { type Author, flowsOf, network } from '../learning/world.ts'
import { anybody, ask, askInVain, type Ends, knock, look, moments, port } from './pieces.ts'

/** Something harmless that a household does between two times (epoch seconds). */
export type Case = (seed: number, from: number, to: number) => FlowRecord[]

/** The port a client of BitTorrent is known by, and one that other clients have. */
const TORRENT = 6_881
const OTHER_TORRENT = 51_413

/** A client of BitTorrent: its distributed table over UDP, and very many peers, nearly half of whom are gone. */
const p2p: Case = (seed, from, to) =>
  flowsOf(seed, 'p2p', (author) => {
    const { random } = author
    const source = network.laptop
    const known = Array.from({ length: 400 }, () => ({
      source,
      destination: anybody(random),
      dstPort: peerPort(random),
    }))
    const some = (): Ends =>
      random() < 0.5 ? pick(random, known) : { source, destination: anybody(random), dstPort: peerPort(random) }
    for (const time of moments(random, from, to, 1.2)) findNode(author, some(), time)
    for (const time of moments(random, from, to, 2.5)) peer(author, some(), time)
    for (const time of moments(random, from, to, 20)) {
      peer(author, { source: anybody(random), destination: source, dstPort: TORRENT }, time)
    }
  })

function peerPort(random: Random): number {
  const fate = random()
  if (fate < 0.25) return TORRENT
  return fate < 0.35 ? OTHER_TORRENT : integer(random, 1_025, 65_535)
}

/** A question or two to the distributed table (BEP 5). */
function findNode({ random, talk, push }: Author, ends: Ends, time: number): void {
  talk.open({ protocol: PROTOCOL.udp, ...ends, srcPort: TORRENT }, time)
  for (const gap of random() < 0.5 ? [0] : [0, 2]) {
    talk.forward(gap, integer(random, 65, 110))
    if (random() < 0.55) talk.reverse(uniform(random, 0.02, 0.4), integer(random, 200, 480))
  }
  push()
}

/** A peer that is gone, refuses, has nothing, or exchanges pieces. */
function peer(author: Author, ends: Ends, time: number): void {
  const { random, talk, push } = author
  const fate = random()
  if (fate < 0.6) {
    knock(author, ends, time, fate > 0.45)
    return
  }
  const path = { ...outsidePath(random), rate: uniform(random, 5e4, 2e6) }
  talk.open({ protocol: PROTOCOL.tcp, ...ends, srcPort: port(random) }, time)
  connect(talk, path)
  exchange(talk, random, path, 68, 68)
  exchange(talk, random, path, integer(random, 80, 600), integer(random, 80, 600))
  const pieces = fate < 0.75 ? 0 : integer(random, 1, 12)
  for (let i = 0; i < pieces; i++) {
    const send = random() < 0.7 ? download : upload
    send(talk, random, path, 16_384 * integer(random, 1, 12))
    talk.wait(uniform(random, 0.1, 6))
  }
  leave(talk, random, path)
  push()
}

/** Hundreds of sites within minutes: a session of tabs restored, a hunt for a holiday. */
const browsing: Case = (seed, from, to) =>
  flowsOf(seed, 'browsing', (author) => {
    const { random } = author
    const source = network.laptop
    const sites = Array.from({ length: 600 }, (_, i) => ({
      destination: anybody(random),
      name: `www.site-${i}.example`,
    }))
    for (const time of moments(random, from, to, 1.5)) {
      const { destination, name } = pick(random, sites)
      const ends = { source, destination, dstPort: 443 }
      ask(author, source, name, time, random() < 0.02 ? 3 : 0)
      for (let part = integer(random, 1, 6); part > 0; part--) {
        const at = time + 0.05 + random()
        if (random() < 0.03) knock(author, ends, at)
        else look(author, ends, name, at)
      }
    }
  })

/** An evening of a console: it measures dozens of servers, plays on one for minutes, or with eleven others without any. */
const games: Case = (seed, from, to) =>
  flowsOf(seed, 'games', (author) => {
    const { random } = author
    const source = network.console
    const servers = Array.from({ length: 80 }, () => anybody(random))
    for (let time = from; time < to; ) {
      for (const destination of servers.filter(() => random() < 0.5)) measure(author, source, destination, time)
      const lasts = uniform(random, 300, 900)
      if (random() < 0.5)
        play(author, { source, destination: pick(random, servers), dstPort: 27_016 }, time + 5, lasts, 0.033)
      else
        for (let i = 0; i < 11; i++)
          play(author, { source, destination: anybody(random), dstPort: 3_074 }, time + 5, lasts, 0.1)
      time += lasts + uniform(random, 30, 120)
    }
  })

function measure({ random, talk, push }: Author, source: End, destination: End, time: number): void {
  const ends = { source, destination, srcPort: port(random), dstPort: integer(random, 27_015, 27_050) }
  talk.open({ protocol: PROTOCOL.udp, ...ends }, time + 3 * random())
  for (const gap of [0, 0.5, 0.5]) {
    talk.forward(gap, 25)
    if (random() < 0.85) talk.reverse(uniform(random, 0.01, 0.2), 25)
  }
  push()
}

/** A packet each way per `beat` seconds, told a slice a minute. */
function play({ random, talk, push }: Author, ends: Ends, from: number, lasts: number, beat: number): void {
  for (let slice = 0; slice * 60 < lasts; slice++) {
    talk.open({ protocol: PROTOCOL.udp, ...ends, srcPort: 3_074, slice, age: 60 * slice }, from + 60 * slice)
    while (talk.elapsed < 59) {
      talk.forward(uniform(random, 0.5 * beat, beat), integer(random, 40, 160))
      talk.reverse(uniform(random, 0.2 * beat, 0.8 * beat), integer(random, 60, 600))
    }
    push('active')
  }
}

/** The way to the Internet is down: every device tries again and again whom it knows, and asks for names in vain. */
const outage: Case = (seed, from, to) =>
  flowsOf(seed, 'outage', (author) => {
    const { router, printer, inverter, windows, laptop, phone, tv, devices } = network
    for (const source of devices) {
      if (source === router || source === printer || source === inverter) continue
      const isBusy = [windows, laptop, phone, tv].includes(source)
      tryInVain(author, source, isBusy, from, to)
    }
  })

function tryInVain(author: Author, source: Device, isBusy: boolean, from: number, to: number): void {
  const { random, talk, push } = author
  const { web, push: pushed, cloud, mail, updates, time: clocks } = network.sites
  const own = [pick(random, cloud), pick(random, cloud), pick(random, updates)]
  const habits = isBusy ? [...web.slice(0, 25), ...pushed, ...cloud, ...mail, ...updates] : own
  for (const time of moments(random, from, to, isBusy ? 4 : 12)) {
    const destination = pick(random, habits)
    if (random() < 0.5) ask(author, source, destination.name, time, 2)
    else askInVain(author, source, destination.name, time)
    if (random() < 0.5) knock(author, { source, destination, dstPort: isBusy ? 443 : 8_883 }, time + 0.1)
  }
  for (let time = from + 64 * random(); time < to; time += 64) {
    const ends = { source, destination: pick(random, clocks), srcPort: 123, dstPort: 123 }
    talk.open({ protocol: PROTOCOL.udp, ...ends }, time)
    talk.forward(0, 48)
    push()
  }
}

interface Agent {
  source: Device
  /** Its maker's name and address. */
  name: string
  to: End
  /** Seconds between its calls, and by how much they come early or late at most. */
  every: number
  jitter: number
  /** Bytes of a request, and by how much one is longer at most. */
  request: number
  varies: number
}

/** Appliances and programs that report to their makers by the clock, always in the same few bytes. */
const agents: Case = (seed, from, to) => {
  const { windows, plugs, nas, hub, tv, outside } = network
  const maker = (host: number, name: string) => ({ to: outside((52 << 24) | host), name })
  const all: Agent[] = [
    { source: windows, every: 60, jitter: 0.2, request: 900, varies: 0, ...maker(1, 'agent.monitor.example') },
    { source: plugs[0]!, every: 60, jitter: 1, request: 120, varies: 0, ...maker(2, 'a1.plugmaker.example') },
    { source: nas, every: 60, jitter: 0.5, request: 640, varies: 12, ...maker(3, 'poll.nascloud.example') },
    { source: hub, every: 120, jitter: 0.1, request: 300, varies: 0, ...maker(4, 'api.hubcloud.example') },
    { source: tv, every: 20, jitter: 0.3, request: 200, varies: 0, ...maker(5, 'ping.tvcloud.example') },
  ]
  return flowsOf(seed, 'agents', (author) => {
    for (const agent of all) report(author, agent, from, to)
  })
}

function report({ random, talk, push }: Author, agent: Agent, from: number, to: number): void {
  const { source, to: destination, name, every, jitter, request, varies } = agent
  const path = outsidePath(random)
  for (let time = from + every * random(); time < to; time += every) {
    const ends = { source, destination, srcPort: port(random), dstPort: 443, names: { tlsSni: name } }
    talk.open({ protocol: PROTOCOL.tcp, ...ends }, time + uniform(random, -jitter, jitter))
    connect(talk, path)
    // A session that is taken up again: sizes do not vary.
    exchange(talk, random, path, 540, 220)
    exchange(talk, random, path, request + integer(random, 0, varies), 310)
    close(talk, path)
    push()
  }
}

/** By what a household does. */
export const CASES = { p2p, browsing, games, outage, agents } as const satisfies Record<string, Case>
