import { integer, pick } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import { ACK, RST, SYN } from '../conversation.ts'
import { uniform } from '../distributions.ts'
import { localPath, outsidePath } from '../tcp.ts'
import { dualStack, ephemeral, type Kind } from './kind.ts'

/** Nothing listens there any more. */
const refused: Kind = {
  name: 'refused',
  day: 1,
  night: 0.5,
  write({ random, network, talk }) {
    const { laptop, phone, tv, console, nas, printer, windows } = network
    const inside = random() < 0.5
    const source = inside ? pick(random, [laptop, phone, windows]) : pick(random, [tv, console, phone])
    const destination = inside ? pick(random, [nas, printer, tv]) : pick(random, network.sites.gone)
    const dstPort = inside ? pick(random, [8080, 5000, 7000]) : 443
    talk.open({ protocol: PROTOCOL.tcp, source, destination, srcPort: ephemeral(random), dstPort })
    talk.forward(0, 0, SYN)
    talk.reverse((inside ? localPath(random) : outsidePath(random)).rtt, 0, RST | ACK)
  },
}

/** The host sleeps, has moved, or is too far away: the SYN is repeated after 1, 3 and 7 seconds (RFC 6298), then given up. */
const unanswered: Kind = {
  name: 'unanswered',
  day: 2.5,
  night: 1.5,
  write(stage) {
    const { random, network, talk } = stage
    const { laptop, phone, windows, camera, console, printer, tv, sites } = network
    const inside = random() < 0.35
    const ends = inside
      ? { source: pick(random, [laptop, phone, windows]), destination: pick(random, [printer, tv, console]) }
      : dualStack(stage, pick(random, [phone, laptop, tv, camera]), pick(random, [...sites.gone, ...sites.web]))
    const dstPort = inside ? pick(random, [9100, 8009, 631, 3074]) : 443
    talk.open({ protocol: PROTOCOL.tcp, ...ends, srcPort: ephemeral(random), dstPort })
    talk.forward(0, 0, SYN)
    for (let gap = 1, left = integer(random, 0, 3); left > 0; left--, gap *= 2) talk.forward(gap, 0, SYN)
  },
}

/** Whoever was faster over the other protocol version leaves this attempt alone (RFC 8305). */
const abandoned: Kind = {
  name: 'abandoned',
  day: 1,
  night: 0.4,
  write(stage) {
    const { random, network, talk } = stage
    const source = pick(random, [network.phone, network.laptop, network.windows])
    const ends = dualStack(stage, source, pick(random, network.sites.web))
    talk.open({ protocol: PROTOCOL.tcp, ...ends, srcPort: ephemeral(random), dstPort: 443 })
    talk.forward(0, 0, SYN)
    talk.reverse(outsidePath(random).rtt, 0, SYN | ACK)
    talk.forward(uniform(random, 0.0001, 0.002), 0, ACK)
    talk.forward(0.0002, 0, RST | ACK)
  },
}

export const failures: readonly Kind[] = [refused, unanswered, abandoned]
