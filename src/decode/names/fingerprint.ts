import { hash } from 'node:crypto'
import type { ClientHello } from './client-hello.ts'

const SERVER_NAME = 0
const ALPN = 16
const NOTHING = '000000000000'
const COUNT_MAX = 99

/** JA3 of a hello that is whole (github.com/salesforce/ja3): the MD5 of its numbers without those of GREASE (RFC 8701). */
export function ja3(hello: ClientHello): string {
  const { version, ciphers, extensions, groups, pointFormats } = hello
  const lists = [ciphers, extensions, groups].map((list) => list.filter(isMeant).join('-'))
  return hash('md5', `${version},${lists.join(',')},${pointFormats.join('-')}`)
}

/** JA4 of a hello that is whole (github.com/FoxIO-LLC/ja4): what the order of extensions has no part in. */
export function ja4(hello: ClientHello, bytes: Uint8Array, quic: boolean): string {
  const ciphers = hello.ciphers.filter(isMeant)
  const extensions = hello.extensions.filter(isMeant)
  const kinds = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN)
  const signatures = hello.signatures.filter(isMeant).map(hex)
  const server = extensions.includes(SERVER_NAME) ? 'd' : 'i'
  const head = `${quic ? 'q' : 't'}${versionOf(hello)}${server}${count(ciphers)}${count(extensions)}`
  const ways = kinds.map(hex).sort().join(',')
  const last =
    extensions.length === 0 ? NOTHING : digest(signatures.length === 0 ? ways : `${ways}_${signatures.join(',')}`)
  return `${head}${protocolOf(hello, bytes)}_${ciphers.length === 0 ? NOTHING : digest(ciphers.map(hex).sort().join(','))}_${last}`
}

/** False for the numbers of GREASE: 0x0a0a, 0x1a1a ... */
function isMeant(word: number): boolean {
  return (word & 0x0f0f) !== 0x0a0a || word >>> 8 !== (word & 0xff)
}

function versionOf({ version, versions }: ClientHello): string {
  const offered = versions.filter(isMeant)
  switch (offered.length === 0 ? version : Math.max(...offered)) {
    case 0x0304:
      return '13'
    case 0x0303:
      return '12'
    case 0x0302:
      return '11'
    case 0x0301:
      return '10'
    case 0x0300:
      return 's3'
    case 0x0002:
      return 's2'
    default:
      return '00'
  }
}

/** First and last character of the first application protocol; of its hexadecimal form where they are no letters or digits. */
function protocolOf({ protocolAt, protocolEnd }: ClientHello, bytes: Uint8Array): string {
  if (protocolAt < 0 || protocolEnd === protocolAt) return '00'
  const first = bytes[protocolAt]!
  const last = bytes[protocolEnd - 1]!
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last)
  return `${(first >>> 4).toString(16)}${(last & 15).toString(16)}`
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)
}

function count(list: readonly number[]): string {
  return String(Math.min(list.length, COUNT_MAX)).padStart(2, '0')
}

function hex(word: number): string {
  return word.toString(16).padStart(4, '0')
}

function digest(text: string): string {
  return hash('sha256', text).slice(0, 12)
}
