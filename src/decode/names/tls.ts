import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { ClientHello, isClientHello } from './client-hello.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { ja3, ja4 } from './fingerprint.ts'
import { type Payload, readUint16 } from './payload.ts'

const RECORD_HEADER = 5
/** Content types from change_cipher_spec to application_data. */
const TYPE_MIN = 20
const TYPE_MAX = 23
const MAJOR_VERSION = 3
const MINOR_VERSION_MAX = 4
const LENGTH_MAX = 2 ** 14 + 2048
/** Services that are no TLS: TLS on their ports is something unknown within TLS. */
const PLAIN = new Set(['', 'dns', 'ftp-data', 'modbus', 'smb', 'ssh', 'telnet'])

const hello = new ClientHello()

/** What is told of a hello: its fingerprints only when it is whole. */
export interface HelloNames {
  tlsSni?: string
  tlsAlpn?: string
  tlsJa3?: string
  tlsJa4?: string
}

/** What the hello in `bytes` says. */
export function describeHello(read: ClientHello, bytes: Uint8Array, quic: boolean): HelloNames {
  const names: HelloNames = {}
  if (read.nameEnd > read.nameAt) names.tlsSni = printable(bytes, read.nameAt, read.nameEnd)
  if (read.protocolEnd > read.protocolAt) names.tlsAlpn = printable(bytes, read.protocolAt, read.protocolEnd)
  if (read.whole) {
    names.tlsJa3 = ja3(read)
    names.tlsJa4 = ja4(read, bytes, quic)
  }
  return names
}

/** True for a TLS record, or an SSL 2.0 hello that offers more. */
export function isTls({ bytes, at, end }: Payload): boolean {
  if (end - at < RECORD_HEADER) return false
  const type = bytes[at]!
  if (type >= TYPE_MIN && type <= TYPE_MAX) {
    const length = readUint16(bytes, at + 3)
    return bytes[at + 1] === MAJOR_VERSION && bytes[at + 2]! <= MINOR_VERSION_MAX && length > 0 && length <= LENGTH_MAX
  }
  return (type & 0x80) !== 0 && (readUint16(bytes, at) & 0x7fff) === end - at - 2 && bytes[at + 2] === 1
}

/** TLS: the ClientHello, and nothing after it. */
export class TlsConversation implements Conversation {
  #names: HelloNames = {}

  read({ bytes, at, end, whole }: Payload): Wants {
    if (!isClientHello(bytes, at, end)) return WANTS.nothing
    const ended = hello.read(bytes, at, end)
    this.#names = describeHello(hello, bytes, false)
    return ended || !whole ? WANTS.nothing : WANTS.rest
  }

  service(byPort: string): string {
    if (byPort === 'http') return 'https'
    return PLAIN.has(byPort) ? 'tls' : byPort
  }

  names(): FlowNames | null {
    return Object.keys(this.#names).length === 0 ? null : { ...this.#names }
  }
}
