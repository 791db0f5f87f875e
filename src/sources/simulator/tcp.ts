import type { Random } from '../../math/random.ts'
import { ACK, type Conversation, FIN, PSH, RST, SYN } from './conversation.ts'
import { logNormal, uniform } from './distributions.ts'

/** What the path between two hosts is like. */
export interface Path {
  /** Round trip, seconds. */
  rtt: number
  /** Bytes per second. */
  rate: number
}

/** Wi-Fi or cable inside the house. */
export function localPath(random: Random): Path {
  return { rtt: logNormal(random, 0.0012, 0.6, 0.0002, 0.02), rate: uniform(random, 6e6, 4e7) }
}

/** Through the router to somewhere. */
export function outsidePath(random: Random): Path {
  return { rtt: logNormal(random, 0.025, 0.5, 0.006, 0.25), rate: uniform(random, 1.5e6, 7e6) }
}

/** Three-way handshake (RFC 9293, 3.5). */
export function connect(talk: Conversation, path: Path): void {
  talk.forward(0, 0, SYN)
  talk.reverse(path.rtt, 0, SYN | ACK)
  talk.forward(0.0001, 0, ACK)
}

/** `bytes` from originator to responder in full segments, every second one acknowledged. */
export function upload(talk: Conversation, random: Random, path: Path, bytes: number): void {
  transfer(random, path, bytes, talk.segment, talk.forward.bind(talk), talk.reverse.bind(talk))
}

/** `bytes` from responder to originator in full segments, every second one acknowledged. */
export function download(talk: Conversation, random: Random, path: Path, bytes: number): void {
  transfer(random, path, bytes, talk.segment, talk.reverse.bind(talk), talk.forward.bind(talk))
}

/** A request, the responder's thinking time, and its response. */
export function exchange(talk: Conversation, random: Random, path: Path, request: number, response: number): void {
  upload(talk, random, path, request)
  const pause = path.rtt + logNormal(random, 0.008, 0.9, 0.0005, 1)
  const { segment } = talk
  talk.reverse(pause, Math.min(response, segment), response > segment ? ACK : PSH | ACK)
  if (response > segment) download(talk, random, path, response - segment)
  else talk.forward(0.0002, 0, ACK)
}

/** TLS 1.3 in the sizes of today's web: hello, certificate chain, finished, tickets. */
export function tls(talk: Conversation, random: Random, path: Path): void {
  exchange(talk, random, path, Math.round(uniform(random, 517, 720)), Math.round(uniform(random, 2600, 4800)))
  talk.forward(0.001, Math.round(uniform(random, 64, 128)), PSH | ACK)
  talk.reverse(path.rtt, Math.round(uniform(random, 230, 560)), PSH | ACK)
}

/** The originator says goodbye and the responder agrees. */
export function close(talk: Conversation, path: Path, gap = 0.001): void {
  talk.forward(gap, 0, FIN | ACK)
  talk.reverse(path.rtt, 0, FIN | ACK)
  talk.forward(0.0001, 0, ACK)
}

/** The responder says goodbye first. */
export function closedByServer(talk: Conversation, path: Path, gap = 0.001): void {
  talk.reverse(gap, 0, FIN | ACK)
  talk.forward(0.0002, 0, FIN | ACK)
  talk.reverse(path.rtt, 0, ACK)
}

/** The usual mix of endings: mostly FIN, sometimes RST, sometimes simply silence. */
export function leave(talk: Conversation, random: Random, path: Path): void {
  const how = random()
  if (how < 0.72) close(talk, path)
  else if (how < 0.86) closedByServer(talk, path)
  else if (how < 0.94) talk.forward(0.001, 0, RST | ACK)
}

type Send = (gap: number, payload: number, flags: number) => void

function transfer(random: Random, path: Path, bytes: number, segment: number, send: Send, acknowledge: Send): void {
  const spacing = segment / path.rate
  let left = bytes
  for (let sent = 1; left > 0; sent++) {
    const size = Math.min(segment, left)
    left -= size
    send(spacing * (0.4 + 1.2 * random()), size, left === 0 ? PSH | ACK : ACK)
    if ((sent & 1) === 0 || left === 0) acknowledge(spacing * 0.2, 0, ACK)
  }
}
