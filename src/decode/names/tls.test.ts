import { describe, expect, it } from 'vitest'
import { clientHello, concat, serverHello, tlsData, u8, u16 } from '../../../test/craft/index.ts'
import { WANTS } from './conversation.ts'
import { payloadOf } from './payload.case.ts'
import { isTls, TlsConversation } from './tls.ts'

const sent = (bytes: Uint8Array | string) => payloadOf({ bytes, port: 443 })

/** A ClientHello with these extensions. */
function helloWith(...extensions: Uint8Array[]): Uint8Array {
  const all = concat(...extensions)
  const body = concat(u16(0x0303), new Uint8Array(32), u8(0), u16(2, 0x1301), u8(1, 0), u16(all.length), all)
  return concat(u8(22, 3, 1), u16(body.length + 4), u8(1, 0), u16(body.length), body)
}

const serverName = (name: string): Uint8Array =>
  concat(u16(0, name.length + 5, name.length + 3), u8(0), u16(name.length), name)
const alpn = concat(u16(16, 14, 12), u8(2), 'h2', u8(8), 'http/1.1')

describe('TLS', () => {
  it('tells the server name, and wants nothing more', () => {
    const conversation = new TlsConversation()
    expect(conversation.read(sent(clientHello({ serverName: 'mail.example.org' })))).toBe(WANTS.nothing)
    expect(conversation.names()).toEqual({ tlsSni: 'mail.example.org' })
  })

  it('tells the first application protocol, wherever it stands', () => {
    for (const hello of [helloWith(alpn, serverName('a.example')), helloWith(serverName('a.example'), alpn)]) {
      const conversation = new TlsConversation()
      conversation.read(sent(hello))
      expect(conversation.names()).toEqual({ tlsSni: 'a.example', tlsAlpn: 'h2' })
    }
  })

  it('asks for the rest of a hello that is cut, and never reads past its end', () => {
    const hello = helloWith(serverName('a.example'), alpn)
    for (let length = 6; length < hello.length; length++) {
      const conversation = new TlsConversation()
      expect(conversation.read(sent(hello.subarray(0, length)))).toBe(WANTS.rest)
      expect(conversation.read(sent(hello))).toBe(WANTS.nothing)
      expect(conversation.names()).toEqual({ tlsSni: 'a.example', tlsAlpn: 'h2' })
    }
  })

  it('without names tells nothing, and mistrusts lengths', () => {
    const odd = [u16(0, 5, 3, 0, 9), u16(0, 0), u16(0, 2, 0), concat(u16(0, 5, 3), u8(7), u16(0)), u16(16, 3, 9, 9)]
    for (const extension of odd) {
      const conversation = new TlsConversation()
      conversation.read(sent(helloWith(extension)))
      expect(conversation.names()).toBeNull()
    }
  })

  it('is recognised by any record, and by an old hello', () => {
    for (const bytes of [clientHello(), serverHello(), tlsData(100), u8(0x80, 4, 1, 3, 1, 0)]) {
      expect(isTls(sent(bytes))).toBe(true)
    }
    for (const bytes of [
      u8(22, 3, 1, 0, 0, 1),
      u8(22, 3, 9, 0, 5, 1),
      u8(24, 3, 1, 0, 5, 1),
      u8(22, 3),
      'GET / HTTP/1.1',
    ]) {
      expect(isTls(sent(bytes))).toBe(false)
    }
  })

  it('is what its port is for, unless that is something without TLS', () => {
    const tls = new TlsConversation()
    const services = ['https', 'imaps', 'rdp', 'smtp', 'http', 'ssh', ''].map((byPort) => tls.service(byPort))
    expect(services).toEqual(['https', 'imaps', 'rdp', 'smtp', 'https', 'tls', 'tls'])
  })
})
