import { bytesOf } from './bytes.ts'
import type { Frame } from './frame.ts'
import { between, type Host, START } from './hosts.ts'
import { type Layer, packet } from './layer.ts'
import { synOptions, tcp } from './transport.ts'

export interface TcpSession {
  client: Host
  server: Host
  port: number
  clientPort?: number
  /** Epoch seconds. */
  start?: number
  /** Request and response by turns; an empty one is not sent. */
  turns?: readonly (readonly [string | Uint8Array, string | Uint8Array])[]
  close?: 'client' | 'server' | 'reset' | 'reset-by-server' | 'none'
  rtt?: number
  /** Seconds between turns. */
  think?: number
  mss?: number
}

/** A whole connection: handshake, turns in segments each acknowledged, and its end. */
export function tcpSession(session: TcpSession): Frame[] {
  const {
    client,
    server,
    port,
    clientPort = 50_000,
    turns = [],
    close = 'client',
    rtt = 0.001,
    think = 0.01,
    mss = 1448,
  } = session
  const frames: Frame[] = []
  let time = session.start ?? START
  const next = { client: 1_000, server: 5_000 }
  const send = (
    from: 'client' | 'server',
    letters: string,
    payload: Uint8Array = new Uint8Array(0),
    options?: Uint8Array,
  ): void => {
    const to = from === 'client' ? 'server' : 'client'
    const ports = from === 'client' ? { srcPort: clientPort, dstPort: port } : { srcPort: port, dstPort: clientPort }
    const ends = from === 'client' ? between(client, server) : between(server, client)
    const numbers = { seq: next[from], ack: letters.includes('A') ? next[to] : 0 }
    const header = tcp({ ...ports, ...numbers, flags: letters, ...(options === undefined ? {} : { options }) })
    frames.push({ time, bytes: packet(...ends, header, payload) })
    next[from] += payload.length + (/[SF]/.test(letters) ? 1 : 0)
    time += rtt / 2
  }
  const transfer = (from: 'client' | 'server', content: string | Uint8Array): void => {
    const bytes = bytesOf(content)
    for (let offset = 0; offset < bytes.length; offset += mss) {
      send(from, offset + mss < bytes.length ? 'A' : 'PA', bytes.subarray(offset, offset + mss))
      send(from === 'client' ? 'server' : 'client', 'A')
    }
  }
  send('client', 'S', undefined, synOptions())
  send('server', 'SA', undefined, synOptions())
  send('client', 'A')
  for (const [request, response] of turns) {
    transfer('client', request)
    transfer('server', response)
    time += think
  }
  for (const [from, letters] of ENDINGS[close]) send(from, letters)
  return frames
}

const ENDINGS: Record<NonNullable<TcpSession['close']>, readonly ['client' | 'server', string][]> = {
  client: [
    ['client', 'FA'],
    ['server', 'FA'],
    ['client', 'A'],
  ],
  server: [
    ['server', 'FA'],
    ['client', 'FA'],
    ['server', 'A'],
  ],
  reset: [['client', 'RA']],
  'reset-by-server': [['server', 'RA']],
  none: [],
}

export interface Scan {
  attacker: Host
  victim: Host
  ports: readonly number[]
  /** Ports that answer. */
  open?: readonly number[]
  /** What closed ports do. */
  closed?: 'reset' | 'silent'
  /** Letters of the probe: `S`, `F`, `` (null), `FPU` (xmas). */
  probe?: string
  start?: number
  gap?: number
}

/** One probe a port, as `nmap -sS` (or `-sF`, `-sN`, `-sX`) sends them. */
export function synScan({
  attacker,
  victim,
  ports,
  open = [],
  closed = 'reset',
  probe = 'S',
  start = START,
  gap = 0.002,
}: Scan): Frame[] {
  return ports.flatMap((dstPort, i) => {
    const time = start + i * gap
    const srcPort = 41_000
    const sent = tcp({ srcPort, dstPort, seq: 77, flags: probe, window: 1024 })
    const frames = [{ time, bytes: packet(...between(attacker, victim), sent) }]
    const answer = (letters: string): Layer =>
      tcp({ srcPort: dstPort, dstPort: srcPort, seq: 99, ack: 78, flags: letters })
    if (probe === 'S' && open.includes(dstPort)) {
      const refusal = tcp({ srcPort, dstPort, seq: 78, flags: 'R', window: 0 })
      frames.push({ time: time + 0.0002, bytes: packet(...between(victim, attacker), answer('SA')) })
      frames.push({ time: time + 0.0003, bytes: packet(...between(attacker, victim), refusal) })
    } else if (closed === 'reset' && !open.includes(dstPort)) {
      frames.push({ time: time + 0.0002, bytes: packet(...between(victim, attacker), answer('RA')) })
    }
    return frames
  })
}
