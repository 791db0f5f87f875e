import { describe, expect, it } from 'vitest'
import { clientHello, concat, cryptoFrame, quicInitial, u8 } from '../../../test/craft/index.ts'
import { WANTS } from './conversation.ts'
import { payloadOf } from './payload.case.ts'
import { isQuic, QuicConversation } from './quic.ts'
import { InitialKeys } from './quic-initial.ts'

/** The handshake message without its record. */
const hello = clientHello({ serverName: 'quic.example' }).subarray(5)
const sent = (bytes: Uint8Array) => payloadOf({ bytes, tcp: false, port: 443 })
const piece = (from: number, to?: number) => cryptoFrame(from, hello.subarray(from, to))

function read(...datagrams: Uint8Array[]) {
  const conversation = new QuicConversation()
  const wants = datagrams.map((bytes) => conversation.read(sent(bytes)))
  return { names: conversation.names(), wants: wants.at(-1) }
}

describe('QUIC', () => {
  it.each([1, 2] as const)('version %i: the hello in an Initial packet is read', (version) => {
    const datagram = quicInitial({ version, frames: piece(0) })
    expect(isQuic(sent(datagram))).toBe(true)
    const { names, wants } = read(datagram)
    expect(names).toMatchObject({ tlsSni: 'quic.example', tlsJa4: expect.stringMatching(/^q13d0305/) })
    expect(wants).toBe(WANTS.nothing)
  })

  it('protects as the example of RFC 9001, appendix A', () => {
    // Its first packet's header and sample give this mask; the packet itself would be 1,200 bytes here.
    const keys = new InitialKeys(1, Buffer.from('8394c8f03e515708', 'hex'))
    expect(keys.mask(Buffer.from('d1b1c98dd7689fb8ec11d242b123dc9b', 'hex')).subarray(0, 5).toString('hex')).toBe(
      '437b9aec36',
    )
  })

  it('puts together what is scattered over frames and datagrams, in any order', () => {
    const first = quicInitial({ frames: concat(u8(1), piece(100, 140), u8(0, 0), piece(40, 60), u8(2, 5, 0, 0, 0)) })
    const second = quicInitial({ number: 1, frames: concat(piece(60, 100), piece(0, 50), piece(140)) })
    expect(read(first)).toEqual({ names: null, wants: WANTS.more })
    expect(read(first, second).names).toMatchObject({ tlsSni: 'quic.example' })
    expect(read(concat(first, second)).names).toMatchObject({ tlsSni: 'quic.example' })
  })

  it('takes up the new keys after a Retry, and keeps those of the first packet otherwise', () => {
    const early = quicInitial({ frames: piece(0, 50) })
    const later = { id: u8(9, 9, 9, 9), number: 1, frames: piece(50) }
    expect(read(early, quicInitial({ ...later, keyedBy: u8(1, 2, 3, 4, 5, 6, 7, 8) })).names).not.toBeNull()
    expect(read(early, quicInitial(later)).names).not.toBeNull()
  })

  it('gives up on what cannot be opened, is no hello, or never ends', () => {
    const broken = quicInitial({ frames: piece(0) })
    broken[700]! ^= 1
    expect(read(broken)).toEqual({ names: null, wants: WANTS.more })
    expect(read(...Array.from({ length: 7 }, () => broken)).wants).toBe(WANTS.nothing)
    expect(read(quicInitial({ frames: cryptoFrame(0, u8(2, 0, 0, 1, 0)) })).wants).toBe(WANTS.nothing)
    expect(read(quicInitial({ frames: cryptoFrame(0, u8(1, 255, 255, 255)) })).wants).toBe(WANTS.nothing)
    expect(isQuic(sent(broken.subarray(0, 1000)))).toBe(false)
    expect(isQuic(sent(u8(0xc0, 0, 0, 0, 9, 0, 0, 0, 0)))).toBe(false)
  })

  it('opens no more packets a second than it may', () => {
    const payload = sent(quicInitial({ frames: piece(0) }))
    const spent = Array.from({ length: 2100 }, () => payload.quic.spend(1)).filter(Boolean)
    expect(spent).toHaveLength(2000)
    expect(payload.quic.spend(2)).toBe(true)
    expect(payload.quic.refused).toBe(100)
  })

  it('waits for no more hellos than it may: the oldest gives way', () => {
    const { quic } = sent(hello)
    const given: number[] = []
    for (let i = 0; i < 1026; i++) quic.wait({ giveUp: () => given.push(i) })
    expect(given).toEqual([0, 1])
  })
})
