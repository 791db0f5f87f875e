import { address, bytesOf, concat, u8, u16, u32 } from './bytes.ts'

export const DNS_TYPE = { A: 1, NS: 2, CNAME: 5, NULL: 10, PTR: 12, MX: 15, TXT: 16, AAAA: 28, ANY: 255 } as const

export interface DnsAnswer {
  type: keyof typeof DNS_TYPE
  /** Address, name or text, as the type wants it. */
  value: string
  ttl?: number
}

export interface Dns {
  id?: number
  name: string
  type?: keyof typeof DNS_TYPE
  response?: boolean
  rcode?: number
  answers?: readonly DnsAnswer[]
}

/** A DNS message (RFC 1035) with one question; answers point back to its name. */
export function dns({ id = 1, name, type = 'A', response = false, rcode = 0, answers = [] }: Dns): Uint8Array {
  const header = u16(id, response ? 0x8180 | rcode : 0x0100, 1, answers.length, 0, 0)
  const records = answers.map((answer) => {
    const content = recordData(answer)
    return concat(u16(0xc00c, DNS_TYPE[answer.type], 1), u32(answer.ttl ?? 300), u16(content.length), content)
  })
  return concat(header, domainName(name), u16(DNS_TYPE[type], 1), ...records)
}

/** Length-prefixed labels ending in the root. */
export function domainName(name: string): Uint8Array {
  const labels = name === '' ? [] : name.split('.')
  return concat(...labels.map((label) => concat(u8(label.length), label)), u8(0))
}

function recordData({ type, value }: DnsAnswer): Uint8Array {
  if (type === 'A' || type === 'AAAA') return address(value)
  if (type === 'TXT') return concat(u8(value.length), value)
  if (type === 'NULL') return bytesOf(value)
  return type === 'MX' ? concat(u16(10), domainName(value)) : domainName(value)
}

export interface HttpRequest {
  method?: string
  path?: string
  host?: string
  userAgent?: string
  body?: string
}

/** An HTTP/1.1 request (RFC 9112). */
export function httpRequest(request: HttpRequest = {}): Uint8Array {
  const { method = 'GET', path = '/', host = 'www.example.com', userAgent = 'Mozilla/5.0', body = '' } = request
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`
  return bytesOf(
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${userAgent}\r\nAccept: */*\r\n${length}\r\n${body}`,
  )
}

/** An HTTP/1.1 response with a body of `length` bytes. */
export function httpResponse({ status = 200, length = 120 } = {}): Uint8Array {
  const head = `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'No'}\r\nServer: craft\r\nContent-Type: text/plain\r\n`
  return bytesOf(`${head}Content-Length: ${length}\r\n\r\n${'x'.repeat(length)}`)
}

/** A TLS 1.3 ClientHello (RFC 8446) with a server name, in one record. */
export function clientHello({ serverName = 'www.example.com' } = {}): Uint8Array {
  const name = concat(u16(serverName.length + 3), u8(0), u16(serverName.length), serverName)
  const extensions = concat(
    concat(u16(0, name.length), name),
    concat(u16(43, 3), u8(2), u16(0x0304)),
    concat(u16(10, 4), u16(2, 0x001d)),
    concat(u16(13, 4), u16(2, 0x0403)),
    concat(u16(51, 38, 36, 0x001d, 32), new Uint8Array(32).fill(7)),
  )
  const session = concat(u8(32), new Uint8Array(32).fill(9))
  const ciphers = u16(6, 0x1301, 0x1302, 0x1303)
  return handshake(
    1,
    concat(u16(0x0303), new Uint8Array(32).fill(5), session, ciphers, u8(1, 0), u16(extensions.length), extensions),
  )
}

/** The ServerHello that answers it. */
export function serverHello(): Uint8Array {
  const extensions = concat(u16(43, 2, 0x0304), concat(u16(51, 36, 0x001d, 32), new Uint8Array(32).fill(8)))
  const session = concat(u8(32), new Uint8Array(32).fill(9))
  return handshake(
    2,
    concat(u16(0x0303), new Uint8Array(32).fill(6), session, u16(0x1301), u8(0), u16(extensions.length), extensions),
  )
}

/** Opaque TLS application data of `length` bytes. */
export function tlsData(length: number): Uint8Array {
  return concat(u8(23, 3, 3), u16(length), new Uint8Array(length).fill(0xa5))
}

function handshake(type: number, body: Uint8Array): Uint8Array {
  return concat(u8(22, 3, 1), u16(body.length + 4), u8(type, body.length >>> 16), u16(body.length & 0xffff), body)
}
