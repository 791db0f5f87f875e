import { type Conversation, WANTS } from './conversation.ts'
import { hasText, type Payload, readUint16 } from './payload.ts'

/** Bytes of a greeting that are looked through for a name. */
const GREETING_MAX = 128

/** A protocol that is only recognised: nothing is read of it. Also services by port that are this protocol. */
function known(service: string, ...ports: readonly string[]): Conversation {
  return {
    read: () => WANTS.nothing,
    service: (byPort) => (ports.includes(byPort) ? byPort : service),
    names: () => null,
  }
}

const SMB = known('smb')
const RDP = known('rdp')
const FTP = known('ftp')
const SMTP = known('smtp', 'submission')
const POP3 = known('pop3')
const IMAP = known('imap')
const TELNET = known('telnet')
const VNC = known('vnc')
const BITTORRENT = known('bittorrent')
const SIP = known('sip')
const RTSP = known('rtsp')

/** The protocol a stream's first payload shows, among those nothing is read of; null for all others. */
export function recogniseKnown(payload: Payload): Conversation | null {
  const { bytes, at, end } = payload
  if (end - at < 4) return null
  switch (bytes[at]) {
    case 0x00:
      return isSmb(bytes, at, end) ? SMB : null
    case 0x03:
      return isRdp(bytes, at, end) ? RDP : null
    case 0xff:
      return isTelnetOption(bytes, at) ? TELNET : null
    case 0x13:
      return hasText(bytes, at + 1, end, 'BitTorrent') ? BITTORRENT : null
    default:
      return recogniseText(payload)
  }
}

function recogniseText(payload: Payload): Conversation | null {
  const { bytes, at, end } = payload
  if (payload.startsWith('220')) return greeting(payload)
  if (payload.startsWith('EHLO ') || payload.startsWith('HELO ')) return SMTP
  if (payload.startsWith('+OK')) return POP3
  if (payload.startsWith('* OK')) return IMAP
  if (payload.startsWith('RFB 00')) return VNC
  const version = endOfFirstLine(bytes, at, end)
  if (payload.startsWith('SIP/2') || hasText(bytes, version - 7, end, 'SIP/2.0')) return SIP
  return payload.startsWith('RTSP/') || hasText(bytes, version - 8, end, 'RTSP/1.0') ? RTSP : null
}

/** FTP and SMTP greet alike (RFC 959, RFC 5321); most servers say which they are, for the others the port decides. */
function greeting(payload: Payload): Conversation | null {
  const { bytes, at, end } = payload
  const stop = Math.min(end, at + GREETING_MAX)
  for (let i = at + 4; i < stop; i++) {
    if (hasText(bytes, i, stop, 'SMTP')) return SMTP
    if (hasText(bytes, i, stop, 'FTP')) return FTP
  }
  if (payload.isOn(21)) return FTP
  return payload.isOn(25) || payload.isOn(587) ? SMTP : null
}

/** Where the first line ends, its line break left out. */
function endOfFirstLine(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(end, at + GREETING_MAX)
  let i = at
  while (i < stop && bytes[i] !== 0x0d && bytes[i] !== 0x0a) i++
  return i
}

/** Session message with SMB 1, SMB 2 or encrypted SMB 3 in it. */
function isSmb(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at >= 8 && bytes[at + 4]! >= 0xfd && hasText(bytes, at + 5, end, 'SMB')
}

/** X.224 connection request or confirm (MS-RDPBCGR, 2.2.1), told from other users of X.224 by what it asks for. */
function isRdp(bytes: Uint8Array, at: number, end: number): boolean {
  const length = end - at
  if (bytes[at + 1] !== 0 || length < 11 || readUint16(bytes, at + 2) !== length) return false
  const type = bytes[at + 5]! & 0xf0
  if (type !== 0xe0 && type !== 0xd0) return false
  return length === 11 || bytes[at + 11] === 1 || bytes[at + 11] === 2 || hasText(bytes, at + 11, end, 'Cookie')
}

/** IAC followed by WILL, WONT, DO or DONT (RFC 854). */
function isTelnetOption(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1]! >= 0xfb && bytes[at + 1]! <= 0xfe
}
