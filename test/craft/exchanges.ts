import { type DNS_TYPE, type DnsAnswer, dns } from './application.ts'
import type { Frame } from './frame.ts'
import { between, type Host, macOf, START } from './hosts.ts'
import { type Layer, packet } from './layer.ts'
import { arp, BROADCAST, ethernet } from './link.ts'
import { icmp, icmp6, udp } from './transport.ts'

export interface Datagrams {
  client: Host
  server: Host
  port: number
  clientPort?: number
  start?: number
  /** Request and response by turns; an empty one is not sent. */
  turns: readonly (readonly [string | Uint8Array, string | Uint8Array])[]
  rtt?: number
  think?: number
}

/** UDP back and forth. */
export function udpExchange({
  client,
  server,
  port,
  clientPort = 50_000,
  start = START,
  turns,
  rtt = 0.001,
  think = 1,
}: Datagrams): Frame[] {
  const ask = udp({ srcPort: clientPort, dstPort: port })
  const answer = udp({ srcPort: port, dstPort: clientPort })
  return turns.flatMap(([request, response], i) => {
    const time = start + i * think
    const frames: Frame[] = []
    if (request.length > 0) frames.push({ time, bytes: packet(...between(client, server), ask, request) })
    if (response.length > 0)
      frames.push({ time: time + rtt, bytes: packet(...between(server, client), answer, response) })
    return frames
  })
}

export interface Lookup {
  client: Host
  resolver: Host
  name: string
  type?: keyof typeof DNS_TYPE
  rcode?: number
  answers?: readonly DnsAnswer[]
  clientPort?: number
  id?: number
  start?: number
  rtt?: number
}

/** A DNS question and its answer. */
export function dnsLookup({
  client,
  resolver,
  clientPort = 53_000,
  start = START,
  rtt = 0.02,
  rcode = 0,
  answers = [],
  ...question
}: Lookup): Frame[] {
  const turn = [dns(question), dns({ ...question, response: true, rcode, answers })] as const
  return udpExchange({ client, server: resolver, port: 53, clientPort, start, rtt, turns: [turn] })
}

export interface Ping {
  client: Host
  server: Host
  count?: number
  size?: number
  start?: number
  gap?: number
  answered?: boolean
}

/** Echo requests and replies, ICMP or ICMPv6 as the addresses are. */
export function ping({ client, server, count = 4, size = 56, start = START, gap = 1, answered = true }: Ping): Frame[] {
  const six = client.address.includes(':')
  const echo = (reply: boolean, sequence: number): Layer => {
    const rest = (0x4242 << 16) | sequence
    return six ? icmp6({ type: reply ? 129 : 128, rest }) : icmp({ type: reply ? 0 : 8, rest })
  }
  const content = new Uint8Array(size).fill(0x61)
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const frames = [{ time: start + i * gap, bytes: packet(...between(client, server), echo(false, i), content) }]
    if (answered)
      frames.push({ time: start + i * gap + 0.001, bytes: packet(...between(server, client), echo(true, i), content) })
    return frames
  })
}

/** Who has that address? With its answer when there is one. */
export function arpExchange(asking: Host, asked: Host, start = START, answered = true): Frame[] {
  const question = arp({
    operation: 'request',
    senderMac: macOf(asking),
    sender: asking.address,
    target: asked.address,
  })
  const frames = [{ time: start, bytes: packet(ethernet({ src: macOf(asking), dst: BROADCAST }), question) }]
  if (!answered) return frames
  const known = { senderMac: macOf(asked), sender: asked.address, targetMac: macOf(asking), target: asking.address }
  const link = ethernet({ src: macOf(asked), dst: macOf(asking) })
  return [...frames, { time: start + 0.0005, bytes: packet(link, arp({ operation: 'reply', ...known })) }]
}
