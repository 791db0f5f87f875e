import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { readUint16 } from './payload.ts'

/** What differs between versions: salt, labels and the number of the Initial type (RFC 9001, 5.2; RFC 9369, 3.3). */
interface Version {
  readonly salt: Buffer
  readonly labels: readonly [key: Buffer, iv: Buffer, hp: Buffer]
  readonly initialType: number
}

const V1 = 0x00000001
const V2 = 0x6b3343cf
const VERSIONS = new Map<number, Version>([
  [V1, version('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'quic ', 0)],
  [V2, version('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2 ', 1)],
  // Drafts still seen in captures: 23 to 28, 29 to 32.
  ...drafts(23, 28, version('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'quic ', 0)),
  ...drafts(29, 32, version('afbfec289993d24c9e9786f19c6111e04390a899', 'quic ', 0)),
])
const CLIENT_SECRET = label('client in', 32)
const CONNECTION_ID_MAX = 20
const TAG = 16
const SAMPLE = 16
/** Largest packet number field. */
const NUMBER_MAX = 4

interface Keys {
  readonly key: Buffer
  readonly iv: Buffer
  readonly hp: Buffer
}

/** Where the parts of an Initial packet (RFC 9000, 17.2.2) are in its datagram. One is reused for all. */
export class InitialHeader {
  version = 0
  idAt = 0
  idEnd = 0
  numberAt = 0
  end = 0

  /** Reads the packet at `at`; false when it is not the Initial of a version known here, or is not all there. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < 7 || bytes[at]! >>> 6 !== 3) return false
    this.version = ((readUint16(bytes, at + 1) << 16) | readUint16(bytes, at + 3)) >>> 0
    const known = VERSIONS.get(this.version)
    if (known === undefined || ((bytes[at]! >>> 4) & 3) !== known.initialType) return false
    this.idAt = at + 6
    this.idEnd = this.idAt + bytes[at + 5]!
    if (bytes[at + 5]! > CONNECTION_ID_MAX || this.idEnd >= end || bytes[this.idEnd]! > CONNECTION_ID_MAX) return false
    const token = readVarint(bytes, this.idEnd + 1 + bytes[this.idEnd]!, end)
    if (token < 0) return false
    const length = readVarint(bytes, nextVarint + token, end)
    this.numberAt = nextVarint
    this.end = this.numberAt + length
    return length >= NUMBER_MAX + SAMPLE && this.end <= end
  }
}

/** Where the number read last ends. */
let nextVarint = 0

/** A variable-length integer (RFC 9000, 16); -1 when it is not all there, or is longer than any datagram. */
export function readVarint(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  const size = 1 << (bytes[at]! >>> 6)
  nextVarint = at + size
  if (nextVarint > end) return -1
  let value = bytes[at]! & 0x3f
  for (let i = at + 1; i < nextVarint; i++) value = value * 256 + bytes[i]!
  return value > 0xffffff ? -1 : value
}

/** Where the number that `readVarint` read last ends. */
export function afterVarint(): number {
  return nextVarint
}

/** What protects the Initial packets of a client: all that is needed is in the packet itself (RFC 9001, 5.2). */
export class InitialKeys {
  readonly #keys: Keys

  constructor(version: number, connectionId: Uint8Array) {
    const { salt, labels } = VERSIONS.get(version)!
    const secret = expand(createHmac('sha256', salt).update(connectionId).digest(), CLIENT_SECRET, 32)
    this.#keys = {
      key: expand(secret, labels[0], 16),
      iv: expand(secret, labels[1], 12),
      hp: expand(secret, labels[2], 16),
    }
  }

  /** The frames in the packet at `at`; null when it was not protected by these keys. */
  open(bytes: Uint8Array, at: number, { numberAt, end }: InitialHeader): Uint8Array | null {
    const mask = this.mask(bytes.subarray(numberAt + NUMBER_MAX, numberAt + NUMBER_MAX + SAMPLE))
    const header = Buffer.from(bytes.subarray(at, numberAt + NUMBER_MAX))
    header[0]! ^= mask[0]! & 0x0f
    const size = (header[0]! & 3) + 1
    const nonce = Buffer.from(this.#keys.iv)
    for (let i = 0; i < size; i++) {
      header[numberAt - at + i]! ^= mask[1 + i]!
      nonce[nonce.length - size + i]! ^= header[numberAt - at + i]!
    }
    const cipher = createDecipheriv('aes-128-gcm', this.#keys.key, nonce)
    cipher.setAAD(header.subarray(0, numberAt - at + size))
    cipher.setAuthTag(bytes.subarray(end - TAG, end))
    const frames = cipher.update(bytes.subarray(numberAt + size, end - TAG))
    try {
      cipher.final()
      return frames
    } catch {
      return null
    }
  }

  /** Header protection mask (RFC 9001, 5.4.3). */
  mask(sample: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-128-ecb', this.#keys.hp, null)
    return cipher.update(sample)
  }
}

function drafts(from: number, to: number, of: Version): [number, Version][] {
  return Array.from({ length: to - from + 1 }, (_, i) => [0xff000000 + from + i, of])
}

function version(salt: string, prefix: string, initialType: number): Version {
  const labels = [label(`${prefix}key`, 16), label(`${prefix}iv`, 12), label(`${prefix}hp`, 16)] as const
  return { salt: Buffer.from(salt, 'hex'), labels, initialType }
}

/** The structure HKDF-Expand-Label (RFC 8446, 7.1) expands by, with the counter of its only block behind it. */
function label(name: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${name}`)
  return Buffer.concat([Buffer.of(0, length, text.length), text, Buffer.of(0, 1)])
}

function expand(secret: Buffer, info: Buffer, length: number): Buffer {
  return createHmac('sha256', secret).update(info).digest().subarray(0, length)
}
