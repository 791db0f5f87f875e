import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { z } from 'zod'
import { type Message, outputKind } from './kind.ts'

/** RFC 5424, section 6.2.1: severities; facility 10 is security. */
const SEVERITY = { informational: 6, low: 5, medium: 4, high: 3, critical: 2 } as const
const FACILITY = 10
/** Bytes every receiver takes over UDP (RFC 5426), less what the header may need. */
const UDP_MOST = 2_048

/** `syslog`: RFC 5424 over UDP (RFC 5426), over TCP or TLS with counted frames (RFC 6587, RFC 5425). */
export const SYSLOG = outputKind(
  'syslog',
  {
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65_535).default(514),
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    hostname: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/)
      .default('-'),
    /** PEM file of the authorities to trust over TLS, where it is not those of the system. */
    ca: z.string().min(1).optional(),
  },
  ({ host, port, transport, hostname, ca }) => ({
    target: `${host}:${port} (${transport})`,
    async send(message, signal) {
      const line = Buffer.from(format(message, hostname))
      if (transport === 'udp') await datagram(line.subarray(0, UDP_MOST), host, port)
      else {
        const frame = Buffer.concat([Buffer.from(`${line.length} `), line])
        const secure = transport === 'tls' ? (ca === undefined ? {} : { ca: readFileSync(ca) }) : null
        await stream(frame, host, port, secure, signal)
      }
    },
  }),
)

function format({ id, title, text, severity, time }: Message, hostname: string): string {
  const priority = FACILITY * 8 + SEVERITY[severity]
  const stamp = new Date(time * 1000).toISOString()
  const data = `[nads@32473 id="${escaped(id)}" severity="${severity}" title="${escaped(title)}"]`
  return `<${priority}>1 ${stamp} ${hostname} nads - incident ${data} \ufeff${title}: ${text}`
}

/** RFC 5424, section 6.3.3. */
function escaped(value: string): string {
  return value.replaceAll(/["\\\]]/g, '\\$&')
}

function datagram(line: Buffer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    const done = (error: Error | null): void => {
      socket.close()
      if (error) reject(error)
      else resolve()
    }
    socket.once('error', done)
    socket.send(line, port, host, (error) => done(error ?? null))
  })
}

/** What is handed over and followed by an orderly end has arrived at the other machine, if not in its log. */
function stream(
  frame: Buffer,
  host: string,
  port: number,
  secure: { ca?: Buffer } | null,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      secure === null
        ? connectTcp({ host, port })
        : // RFC 6066: an address is no server name; the certificate is checked against it all the same.
          connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...secure })
    const given = (): void => void socket.destroy(new Error('it took too long'))
    signal.addEventListener('abort', given, { once: true })
    socket.once(secure === null ? 'connect' : 'secureConnect', () => socket.end(frame))
    socket.once('error', reject)
    socket.once('close', (failed) => {
      signal.removeEventListener('abort', given)
      if (!failed) resolve()
    })
    socket.resume()
  })
}
