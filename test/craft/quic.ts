import { createCipheriv, createHmac } from 'node:crypto'
import { concat, u8, u16, u32, zeros } from './bytes.ts'

const VERSIONS = {
  1: { number: 0x00000001, salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a', prefix: 'quic ', first: 0xc0 },
  2: { number: 0x6b3343cf, salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9', prefix: 'quicv2 ', first: 0xd0 },
} as const

export interface QuicInitial {
  version?: 1 | 2
  /** Connection id whose keys protect the packet, and the one it bears. */
  keyedBy?: Uint8Array
  id?: Uint8Array
  number?: number
  /** Decrypted payload; padded to a datagram of 1,200 bytes. */
  frames: Uint8Array
}

/** CRYPTO frame (RFC 9000, 19.6). */
export function cryptoFrame(offset: number, content: Uint8Array): Uint8Array {
  return concat(u8(6), u16(0x4000 | offset, 0x4000 | content.length), content)
}

/** A client's Initial packet, protected as RFC 9001 says, with a packet number of four bytes. */
export function quicInitial({
  version = 1,
  id = u8(1, 2, 3, 4, 5, 6, 7, 8),
  keyedBy = id,
  number = 0,
  frames,
}: QuicInitial): Uint8Array {
  const { number: wire, salt, prefix, first } = VERSIONS[version]
  const secret = expand(createHmac('sha256', Buffer.from(salt, 'hex')).update(keyedBy).digest(), 'client in', 32)
  const [key, iv, hp] = [
    expand(secret, `${prefix}key`, 16),
    expand(secret, `${prefix}iv`, 12),
    expand(secret, `${prefix}hp`, 16),
  ]
  const fixed = concat(u8(first | 3), u32(wire), u8(id.length), id, u8(0, 0))
  const plain = concat(frames, zeros(Math.max(0, 1200 - fixed.length - 6 - 16 - frames.length)))
  const header = concat(fixed, u16(0x4000 | (plain.length + 4 + 16)), u32(number))
  const nonce = Buffer.from(iv)
  nonce.writeInt32BE(nonce.readInt32BE(8) ^ number, 8)
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  cipher.setAAD(header)
  const body = concat(cipher.update(plain), cipher.final(), cipher.getAuthTag())
  const mask = createCipheriv('aes-128-ecb', hp, null).update(body.subarray(0, 16))
  header[0]! ^= mask[0]! & 15
  for (let i = 0; i < 4; i++) header[header.length - 4 + i]! ^= mask[1 + i]!
  return concat(header, body)
}

/** HKDF-Expand-Label (RFC 8446, 7.1). */
function expand(secret: Uint8Array, name: string, length: number): Buffer {
  const label = `tls13 ${name}`
  const info = concat(u16(length), u8(label.length), label, u8(0))
  const block = createHmac('sha256', secret)
    .update(concat(info, u8(1)))
    .digest()
  return block.subarray(0, length)
}
