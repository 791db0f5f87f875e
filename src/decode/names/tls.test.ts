import { createHash } from 'node:crypto'
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
    expect(conversation.names()).toMatchObject({ tlsSni: 'mail.example.org' })
  })

  it('tells the first application protocol, wherever it stands', () => {
    for (const hello of [helloWith(alpn, serverName('a.example')), helloWith(serverName('a.example'), alpn)]) {
      const conversation = new TlsConversation()
      conversation.read(sent(hello))
      expect(conversation.names()).toMatchObject({ tlsSni: 'a.example', tlsAlpn: 'h2' })
    }
  })

  it('asks for the rest of a hello that is cut, and never reads past its end', () => {
    const hello = helloWith(serverName('a.example'), alpn)
    for (let length = 6; length < hello.length; length++) {
      const conversation = new TlsConversation()
      expect(conversation.read(sent(hello.subarray(0, length)))).toBe(WANTS.rest)
      expect(conversation.read(sent(hello))).toBe(WANTS.nothing)
      expect(conversation.names()).toMatchObject({ tlsSni: 'a.example', tlsAlpn: 'h2' })
    }
  })

  it('without names tells nothing, and mistrusts lengths', () => {
    const odd = [u16(0, 5, 3, 0, 9), u16(0, 0), u16(0, 2, 0), concat(u16(0, 5, 3), u8(7), u16(0)), u16(16, 3, 9, 9)]
    for (const extension of odd) {
      const conversation = new TlsConversation()
      conversation.read(sent(helloWith(extension)))
      expect(conversation.names() ?? {}).not.toHaveProperty('tlsSni')
      expect(conversation.names() ?? {}).not.toHaveProperty('tlsAlpn')
    }
  })

  it('has fingerprints when it came whole, whatever GREASE is in it', () => {
    const list = (...words: number[]) => concat(u16(words.length * 2), u16(...words))
    const extension = (type: number, content: Uint8Array) => concat(u16(type, content.length), content)
    const all = concat(
      extension(0x1a1a, u8()),
      serverName('a.example'),
      extension(10, list(0x2a2a, 29, 23)),
      extension(11, u8(1, 0)),
      extension(13, list(0x0403, 0x0804)),
      alpn,
      extension(43, concat(u8(6), u16(0x3a3a, 0x0304, 0x0303))),
    )
    const body = concat(
      u16(0x0303),
      new Uint8Array(32),
      u8(0),
      list(0x4a4a, 0x1301, 0xc02b),
      u8(1, 0),
      u16(all.length),
      all,
    )
    const hello = concat(u8(22, 3, 1), u16(body.length + 4), u8(1, 0), u16(body.length), body)
    const md5 = createHash('md5').update('771,4865-49195,0-10-11-13-16-43,29-23,0').digest('hex')
    const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
    const conversation = new TlsConversation()
    conversation.read(sent(hello))
    expect(conversation.names()).toMatchObject({
      tlsJa3: md5,
      tlsJa4: `t13d0206h2_${sha('1301,c02b')}_${sha('000a,000b,000d,002b_0403,0804')}`,
    })
    const cut = new TlsConversation()
    cut.read(sent(hello.subarray(0, hello.length - 1)))
    expect(cut.names()).not.toHaveProperty('tlsJa3')
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
