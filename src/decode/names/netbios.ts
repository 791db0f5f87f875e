import { printable } from '../../net/text.ts'
import { DnsMessage } from './dns-message.ts'
import { type Payload, readUint16 } from './payload.ts'

const NAME_SERVICE = 137
const DATAGRAMS = 138
const HEADER = 12
/** Types of the two kinds of records (RFC 1002, 4.2.1.3), and what asks for a name to be one's own. */
const TYPE_NAME = 0x20
const TYPE_STATUS = 0x21
const REGISTRATIONS = new Set([5, 8, 9, 15])
const QUERY = 0
/** A name in its first-level encoding: two letters from A to P a byte. */
const ENCODED = 32
const NAME_LENGTH = 15
/** Last bytes of names that are a machine's own: workstation and file server. */
const WORKSTATION = 0x00
const SERVER = 0x20
const GROUP = 0x8000
/** Flags and address, or, of a list of names, the name with its last byte and flags. */
const ADDRESS_LENGTH = 6
const STATUS_LENGTH = NAME_LENGTH + 3
const NAMES_MAX = 32
/** Datagrams to one host, to a group, to all (RFC 1002, 4.4.1); where their sender's name starts. */
const DATAGRAM_TYPES = new Set([0x10, 0x11, 0x12])
const DATAGRAM_NAME = 14
const SPACE = 0x20

const message = new DnsMessage()
const decoded = new Uint8Array(NAME_LENGTH + 1)

/** True for a message of NetBIOS' name or datagram service on its port. */
export function isNetbios(payload: Payload): boolean {
  const { bytes, at, end } = payload
  if (payload.isOn(NAME_SERVICE)) return end - at >= HEADER && (bytes[at + 2]! & 0x78) >>> 3 !== 7
  return payload.isOn(DATAGRAMS) && end - at > DATAGRAM_NAME + ENCODED && DATAGRAM_TYPES.has(bytes[at]!)
}

/** NetBIOS over UDP (RFC 1002): what a machine calls itself when it registers, answers or sends; empty where it does not say. */
export function nameInNetbios(payload: Payload): string {
  if (!isNetbios(payload)) return ''
  return payload.isOn(NAME_SERVICE) ? nameInMessage(payload) : nameInDatagram(payload)
}

/** Of a registration the name asked for; of an answer the name that is the sender's. */
function nameInMessage({ bytes, at, end, address, addressAt }: Payload): string {
  if (!message.begin(bytes, at, end)) return ''
  const registers = REGISTRATIONS.has(message.opcode) && !message.response
  if (!registers && !(message.opcode === QUERY && message.response)) return ''
  if (message.questions > 1 || (message.questions === 1 && !message.readQuestion()) || !message.readRecord()) return ''
  const { type, dataAt, next } = message
  if (type === TYPE_STATUS) return nameInStatus(bytes, dataAt, next)
  if (type !== TYPE_NAME || next - dataAt < ADDRESS_LENGTH || readUint16(bytes, dataAt) & GROUP) return ''
  const own = (readUint16(bytes, dataAt + 2) << 16) | readUint16(bytes, dataAt + 4)
  return own === address[addressAt + 3] ? nameOf(message.name.bytes, 0, message.name.length) : ''
}

/** The first name of a machine in the list it gives of its names. */
function nameInStatus(bytes: Uint8Array, at: number, end: number): string {
  const count = at < end ? Math.min(bytes[at]!, NAMES_MAX) : 0
  for (let i = 0, name = at + 1; i < count && name + STATUS_LENGTH <= end; i++, name += STATUS_LENGTH) {
    if (bytes[name + NAME_LENGTH] !== WORKSTATION || readUint16(bytes, name + NAME_LENGTH + 1) & GROUP) continue
    return trimmed(bytes, name)
  }
  return ''
}

function nameInDatagram({ bytes, at, end }: Payload): string {
  const name = at + DATAGRAM_NAME
  return bytes[name] === ENCODED ? nameOf(bytes, name + 1, end - name - 1) : ''
}

/** A first-level encoded name at `at`, empty when it is none, or not that of a machine. */
function nameOf(bytes: Uint8Array, at: number, length: number): string {
  if (length < ENCODED) return ''
  for (let i = 0; i <= NAME_LENGTH; i++) {
    const high = bytes[at + 2 * i]! - 0x41
    const low = bytes[at + 2 * i + 1]! - 0x41
    if ((high | low) < 0 || high > 15 || low > 15) return ''
    decoded[i] = (high << 4) | low
  }
  const kind = decoded[NAME_LENGTH]!
  return kind === WORKSTATION || kind === SERVER ? trimmed(decoded, 0) : ''
}

function trimmed(bytes: Uint8Array, at: number): string {
  let end = at + NAME_LENGTH
  while (end > at && (bytes[end - 1] === SPACE || bytes[end - 1] === 0)) end--
  return printable(bytes, at, end)
}
