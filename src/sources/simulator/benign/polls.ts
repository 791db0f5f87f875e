import type { Random } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import type { FlowRecord } from '../../../types/flow.ts'
import type { Conversation } from '../conversation.ts'
import { uniform } from '../distributions.ts'
import type { Device, Network, Site } from '../network.ts'
import { createRound } from '../round.ts'
import { close, connect, exchange, outsidePath, tls } from '../tcp.ts'
import { ephemeral } from './kind.ts'

/** Seconds between two looks at the clock, and between two of everything else. */
const CLOCK = 512
const OTHERS = 300

/** What devices do by the clock: a beacon by every measure but that it is meant to be. */
export interface Polls {
  /** Writes what is due by `time`, its last packet then; null when nothing is. */
  next(time: number, talk: Conversation): FlowRecord | null
}

type Poll = (random: Random, talk: Conversation) => void

/** The time of day, the mail, and what the maker of the television wants to know. */
export function createPolls(random: Random, homes: readonly Network[], start: number): Polls {
  const clocks = createRound(homes.flatMap(clocksOf), CLOCK, start)
  const others = createRound(homes.flatMap(othersOf), OTHERS, start)
  return {
    next(time, talk) {
      const poll = clocks.next(time) ?? others.next(time)
      if (poll === null) return null
      poll(random, talk)
      return talk.finishAt(time)
    },
  }
}

function clocksOf({ camera, hub, nas, tv, plugs, sites }: Network): Poll[] {
  return [camera, hub, nas, tv, ...plugs].map((source, i) => (random, talk) => {
    const destination = sites.time[i % sites.time.length]!
    const srcPort = i % 2 === 0 ? 123 : ephemeral(random)
    talk.open({ protocol: PROTOCOL.udp, source, destination, srcPort, dstPort: 123 })
    talk.forward(0, 48)
    talk.reverse(uniform(random, 0.01, 0.05), 48)
  })
}

function othersOf({ phone, laptop, tv, sites }: Network): Poll[] {
  return [
    poll(tv, sites.cloud[3]!, 443, 910, 130),
    poll(phone, sites.mail[0]!, 993, 84, 190),
    poll(laptop, sites.mail[0]!, 993, 84, 190),
  ]
}

function poll(source: Device, destination: Site, dstPort: number, request: number, response: number): Poll {
  const names = { tlsSni: destination.name }
  return (random, talk) => {
    const path = outsidePath(random)
    talk.open({ protocol: PROTOCOL.tcp, source, destination, srcPort: ephemeral(random), dstPort, names })
    connect(talk, path)
    tls(talk, random, path)
    exchange(talk, random, path, request, response)
    close(talk, path)
  }
}
