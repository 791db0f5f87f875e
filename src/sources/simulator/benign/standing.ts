import { integer, type Random } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import type { EndReason, FlowRecord } from '../../../types/flow.ts'
import { ACK, type Conversation, PSH } from '../conversation.ts'
import { uniform } from '../distributions.ts'
import type { Device, Network, Site } from '../network.ts'
import { createRound } from '../round.ts'
import { close, connect, outsidePath, type Path, tls } from '../tcp.ts'
import { ephemeral } from './kind.ts'

/** Seconds from one sign of life to the next. */
const BEAT = 16
/** The first that comes 60 s, the meter's active timeout, after the first of a slice begins another. */
const BEATS = 4
const PERIOD = BEAT * BEATS

/** Who stays connected with whom, by way of which port: those that come first where not all have room. */
const HABITS: readonly [device: (network: Network) => Device, site: (network: Network) => Site, port: number][] = [
  [(network) => network.phone, (network) => network.sites.push[0]!, 5223],
  [(network) => network.plugs[0]!, (network) => network.sites.cloud[0]!, 8883],
  [(network) => network.windows, (network) => network.sites.push[2]!, 443],
  [(network) => network.laptop, (network) => network.sites.push[1]!, 5223],
  [(network) => network.camera, (network) => network.sites.cloud[1]!, 8883],
  [(network) => network.hub, (network) => network.sites.cloud[2]!, 8883],
  [(network) => network.plugs[1]!, (network) => network.sites.cloud[0]!, 8883],
  [(network) => network.plugs[2]!, (network) => network.sites.cloud[0]!, 8883],
]

/** Connections a home holds open. */
export const STANDING_PER_HOME = HABITS.length

interface Standing {
  readonly habit: (typeof HABITS)[number]
  readonly network: Network
  srcPort: number
  /** Slice that comes next, and how many there are. */
  slice: number
  slices: number
  opened: number
}

/** Connections that stay up for hours, told a slice a minute from the handshake to the end: push messages, MQTT. */
export interface StandingConnections {
  /** Writes the record of a connection whose slice is over by `time`, its last packet then; null when none is. */
  next(time: number, talk: Conversation): FlowRecord | null
}

/** The first `count` connections of some homes, each home's in turn, all opened in the first minute after `start`. */
export function createStanding(
  random: Random,
  homes: readonly Network[],
  count: number,
  start: number,
): StandingConnections {
  const connections = Array.from({ length: count }, (_, i): Standing => {
    const [habit, network] = [HABITS[Math.floor(i / homes.length)]!, homes[i % homes.length]!]
    return { habit, network, srcPort: 0, slice: 0, slices: 0, opened: 0 }
  })
  const round = createRound(connections, PERIOD, start + PERIOD)
  return {
    next(time, talk) {
      const connection = round.next(time)
      return connection === null ? null : write(random, connection, time, talk)
    },
  }
}

function write(random: Random, connection: Standing, time: number, talk: Conversation): FlowRecord {
  if (connection.slice === connection.slices) {
    connection.srcPort = ephemeral(random)
    connection.slice = 0
    connection.slices = integer(random, 40, 500)
  }
  const record = talk.finishAt(time, exchange(random, connection, talk))
  if (connection.slice === 0) connection.opened = record.first
  record.opened = connection.opened
  connection.slice++
  return record
}

function exchange(
  random: Random,
  { habit, network, srcPort, slice, slices }: Standing,
  talk: Conversation,
): EndReason | undefined {
  const [device, site, dstPort] = habit
  const path = outsidePath(random)
  talk.open({
    protocol: PROTOCOL.tcp,
    source: device(network),
    destination: site(network),
    srcPort,
    dstPort,
    ...(slice === 0 && { names: { tlsSni: site(network).name } }),
    slice,
  })
  if (slice === 0) {
    connect(talk, path)
    tls(talk, random, path)
  } else beat(talk, random, path, 0)
  for (let i = 1; i < BEATS; i++) beat(talk, random, path, uniform(random, BEAT - 0.4, BEAT + 0.4))
  if (slice < slices - 1) return 'active'
  close(talk, path)
  return undefined
}

function beat(talk: Conversation, random: Random, path: Path, gap: number): void {
  talk.forward(gap, integer(random, 31, 90), PSH | ACK)
  talk.reverse(path.rtt, integer(random, 31, 60), PSH | ACK)
  talk.forward(0.0004, 0, ACK)
}
