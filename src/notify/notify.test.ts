import { generateKeyPairSync, sign } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTls } from 'node:tls'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { KeptIncident } from '../types/history.ts'
import { createChannel, type OutputSettings, outputSchema } from './index.ts'
import type { Message } from './kind.ts'
import { createNotifier, type Notifier } from './notifier.ts'

const MESSAGE: Message = {
  ...{ id: 'nads-000001', title: 'Port scan "x"]', text: '10.0.0.7 to 10.0.0.1, 40 flows.', severity: 'high' },
  ...{ time: 1_700_000_000, incident: null },
}
const open: { close(): unknown }[] = []
afterAll(() => {
  for (const one of open) one.close()
})

const never = new AbortController().signal
const incident = (id: string, severity: KeptIncident['severity'], more: Partial<KeptIncident> = {}): KeptIncident =>
  ({
    ...{
      id,
      severity,
      title: `scan\r\nX-Evil: 1\u202e${id}`,
      sources: ['10.0.0.7'],
      sourceCount: 3,
      targets: ['10.0.0.1'],
    },
    ...{ targetCount: 1, flows: 4, reasons: [{ text: 'many ports' }], response: 'Look.', lastSeen: 1_700_000_000 },
    ...{ state: 'open', suppressedBy: null, story: { secret: true } },
    ...more,
  }) as unknown as KeptIncident

/** A receiver of HTTP that keeps what it was sent, and answers what `status` says. */
async function receiver(status: () => number) {
  const got: { body: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const answer = status()
    if (answer < 300) got.push({ body, headers: request.headers })
    response.writeHead(answer, { location: 'http://127.0.0.1:9/' }).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  open.push(server)
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path` }
}

const portOf = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  open.push(server)
  return (server.address() as AddressInfo).port
}
const settings = (raw: object): OutputSettings => outputSchema.parse(raw)

/** A key and a certificate of its own for localhost and 127.0.0.1, valid to 2049 (RFC 5280). */
function certificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = (tag: number, ...parts: (Buffer | number[])[]): Buffer => {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
    const { length } = body
    const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
    return Buffer.concat([Buffer.from([tag, ...size]), body])
  }
  const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value))
  const oid = (...bytes: number[]): Buffer => der(0x06, bytes)
  const ecdsaWithSha256 = der(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2))
  const name = der(0x30, der(0x31, der(0x30, oid(0x55, 4, 3), text(0x0c, 'localhost'))))
  const alternatives = der(0x30, text(0x82, 'localhost'), der(0x87, [127, 0, 0, 1]))
  const tbs = der(
    0x30,
    der(0xa0, der(0x02, [2])),
    der(0x02, [1]),
    ecdsaWithSha256,
    name,
    der(0x30, text(0x17, '200101000000Z'), text(0x17, '491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, der(0x30, oid(0x55, 0x1d, 0x11), der(0x04, alternatives)))),
  )
  const whole = der(0x30, tbs, ecdsaWithSha256, der(0x03, [0], sign('sha256', tbs, privateKey)))
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n')
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { key, cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` }
}

/** What a mail server says to a line; nothing while the mail itself comes in. */
function answerOf(line: string): string {
  if (line.startsWith('DATA')) return '354 go\r\n'
  return /^(EHLO|MAIL|RCPT|QUIT)/.test(line) || line.endsWith('\r\n.\r\n') ? '250 ok\r\n' : ''
}

describe('channels', () => {
  it('webhook: posts JSON or text, and takes neither a redirect nor a refusal for an arrival', async () => {
    let status = 204
    const { got, url } = await receiver(() => status)
    const channel = createChannel(settings({ kind: 'webhook', url, headers: { Authorization: 'Bearer x' } }))
    expect(channel.target).not.toContain('secret-path')
    await channel.send(MESSAGE, never)
    expect(JSON.parse(got[0]!.body)).toEqual(MESSAGE)
    expect(got[0]!.headers.authorization).toBe('Bearer x')
    await createChannel(settings({ kind: 'webhook', url, format: 'text' })).send(MESSAGE, never)
    expect(got[1]!.body).toBe(`${MESSAGE.title}\n${MESSAGE.text}`)
    status = 302
    await expect(channel.send(MESSAGE, never)).rejects.toThrow()
    status = 500
    await expect(channel.send(MESSAGE, never)).rejects.toThrow('500')
  })

  it('syslog: RFC 5424 over UDP, and counted over TCP', async () => {
    const udp = createSocket('udp4')
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
    open.push(udp)
    const arrived = once(udp, 'message')
    const { port } = udp.address()
    await createChannel(settings({ kind: 'syslog', host: '127.0.0.1', port })).send(MESSAGE, never)
    const line = String((await arrived)[0])
    expect(line).toMatch(/^<83>1 2023-11-14T22:13:20\.000Z - nads - incident \[nads@32473 id="nads-000001" /)
    expect(line).toContain('title="Port scan \\"x\\"\\]"] \ufeffPort scan')

    let text = ''
    const tcp = await portOf(createTcp((socket) => socket.on('data', (piece) => (text += piece))))
    await createChannel(settings({ kind: 'syslog', host: '127.0.0.1', port: tcp, transport: 'tcp' })).send(
      MESSAGE,
      never,
    )
    await vi.waitFor(() => expect(text).toBe(`${Buffer.byteLength(line)} ${line}`))
  })

  it('syslog over TLS: to a server whose certificate is trusted, and to no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nads-tls-'))
    open.push({ close: () => rmSync(folder, { recursive: true }) })
    const { key, cert } = certificate()
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, cert)
    let text = ''
    const server = createTls({ key, cert }, (socket) => socket.on('data', (piece) => (text += piece)))
    server.on('tlsClientError', () => {})
    const port = await portOf(server)
    for (const host of ['127.0.0.1', 'localhost']) {
      text = ''
      const raw = { kind: 'syslog', host, port, transport: 'tls' }
      await createChannel(settings({ ...raw, ca })).send(MESSAGE, never)
      await vi.waitFor(() => expect(text).toMatch(/^\d+ <83>1 /))
      const [, length, line] = /^(\d+) (.*)$/s.exec(text)!
      expect(Buffer.byteLength(line!)).toBe(Number(length))
      await expect(createChannel(settings(raw)).send(MESSAGE, never)).rejects.toThrow(/self-signed/)
    }
    const other = createTls({ ...certificate() })
    other.on('tlsClientError', () => {})
    const raw = { kind: 'syslog', host: '127.0.0.1', port: await portOf(other), transport: 'tls', ca }
    await expect(createChannel(settings(raw)).send(MESSAGE, never)).rejects.toThrow()
  })

  it('email: says what happened to every recipient', async () => {
    let mail = ''
    const port = await portOf(
      createTcp((socket) => {
        socket.write('220 test\r\n')
        socket.on('data', (piece) => {
          mail += piece
          socket.write(answerOf(String(piece)))
        })
      }),
    )
    const raw = { kind: 'email', host: '127.0.0.1', port, from: 'nads@example.org', to: 'ann@example.org' }
    await createChannel(settings(raw)).send({ ...MESSAGE, title: 'Port scan' }, never)
    expect(mail).toContain('RCPT TO:<ann@example.org>')
    expect(mail).toContain('Subject: [nads] high: Port scan')
    expect(mail).toContain(MESSAGE.text)
  })
})

describe('what is told', () => {
  const turns: (string | null)[] = []
  const create = (url: string, more: object = {}): Notifier => {
    const notifier = createNotifier({
      outputs: [settings({ kind: 'webhook', url, ...more })],
      now: () => 1_700_000_000,
      sleep: () => sleep(1),
      onTurn: (_, problem) => turns.push(problem),
    })
    open.push(notifier)
    return notifier
  }

  it('each incident once, again when it grows worse, none that is expected, decided about or too small', async () => {
    const { got, url } = await receiver(() => 200)
    const notifier = create(url)
    notifier.take([incident('a', 'high'), incident('b', 'medium')])
    notifier.take([incident('a', 'high'), incident('c', 'critical', { suppressedBy: 's1' })])
    notifier.take([incident('a', 'critical'), incident('d', 'critical', { state: 'closed' })])
    await vi.waitFor(() => expect(notifier.outputs()[0]).toMatchObject({ sent: 2, waiting: 0 }))
    expect(got.map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        id: 'a',
        severity: 'high',
        title: 'scan X-Evil: 1 a',
        text: '10.0.0.7 and 2 more to 10.0.0.1, 4 flows. many ports. Look.',
      },
      { id: 'a', severity: 'critical' },
    ])
    expect(got[0]!.body).not.toContain('secret')
  })

  it('what fails is tried again, told of once, and given up in the end', async () => {
    let left = 3
    const { got, url } = await receiver(() => (left-- > 0 ? 503 : 200))
    const notifier = create(url)
    notifier.take([incident('a', 'high')])
    await vi.waitFor(() => expect(got).toHaveLength(1))
    await vi.waitFor(() => expect(turns).toEqual(['it answered 503', null]))
    left = 8
    notifier.take([incident('b', 'high')])
    await vi.waitFor(() =>
      expect(notifier.outputs()[0]).toMatchObject({ sent: 1, lost: 1, problem: 'it answered 503' }),
    )
    await expect(notifier.test('webhook')).resolves.toMatchObject({ name: 'webhook' })
    expect(await notifier.test('other')).toBeNull()
  })

  it('a flood is held back at the cap, and a queue that does not move has an end', async () => {
    const { got, url } = await receiver(() => 200)
    const capped = create(url, { perHour: 5 })
    capped.take(Array.from({ length: 500 }, (_, i) => incident(`n${i}`, 'high')))
    await vi.waitFor(() => expect(capped.outputs()[0]).toMatchObject({ sent: 5, held: 495, lost: 0 }))
    expect(got).toHaveLength(5)
    const stuck = create('http://127.0.0.1:9/', { perHour: 3_600 })
    stuck.take(Array.from({ length: 500 }, (_, i) => incident(`m${i}`, 'high')))
    expect(stuck.outputs()[0]!.lost).toBeGreaterThanOrEqual(398)
    expect(stuck.outputs()[0]!.waiting).toBeLessThanOrEqual(101)
    stuck.close()
  })
})
