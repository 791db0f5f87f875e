import { describe, expect, it } from 'vitest'
import { concat, type Dns, dns, domainName, u8, u16 } from '../../../test/craft/index.ts'
import { scrambleText } from '../../math/scramble.ts'
import { WANTS } from './conversation.ts'
import { DnsConversation, isDns } from './dns.ts'
import { payloadOf } from './payload.case.ts'

const ask = (bytes: Uint8Array, port = 53) => payloadOf({ bytes, tcp: false, port })
const answer = (bytes: Uint8Array) => payloadOf({ bytes, tcp: false, port: 53, forward: false })

function namesOf(...messages: Dns[]) {
  const conversation = new DnsConversation()
  for (const message of messages) conversation.read(message.response ? answer(dns(message)) : ask(dns(message)))
  return conversation.names()
}

/** A message with one question whose name is these bytes. */
function question(...name: (Uint8Array | string)[]): Uint8Array {
  return concat(u16(7, 0x0100, 1, 0, 0, 0), ...name, u16(1, 1))
}

function nameIn(message: Uint8Array): string | undefined {
  const conversation = new DnsConversation()
  conversation.read(ask(message))
  return conversation.names()?.dnsQuery
}

describe('a DNS conversation', () => {
  it('tells the first question and its answer', () => {
    const name = 'www.Example.com'
    const answers = [{ type: 'AAAA', value: '2001:db8::1' }] as const
    const names = namesOf({ name, type: 'AAAA' }, { name, type: 'AAAA', response: true, answers })
    expect(names).toMatchObject({ dnsQuery: name, dnsType: 28, dnsRcode: 0, dnsAnswers: 1, dnsNames: 1, dnsQueries: 1 })
    expect(names).not.toHaveProperty('dnsHashes')
  })

  it('counts what a tunnel cannot hide', () => {
    const labels = Array.from({ length: 50 }, (_, i) => `${'0123456789abcdef'.repeat(3)}${i + 10}`)
    const questions = labels.map((label): Dns => ({ name: `${label}.t.example`, type: 'TXT' }))
    const names = namesOf(...questions, { name: 'x.example', response: true, rcode: 3 }, questions[0]!)
    expect(names).toMatchObject({ dnsQueries: 51, dnsNames: 50, dnsOddTypes: 51, dnsNxdomain: 1, dnsLongestLabel: 50 })
    expect(names!.dnsNameBytes).toBe(51 * (50 + '.t.example'.length))
    expect(names!.dnsEntropy).toBeGreaterThan(4)
    expect(new Set(names!.dnsHashes)).toEqual(new Set(questions.map(({ name }) => scrambleText(name, 0))))
  })

  it('takes names in any case for one, and counts anew for each slice', () => {
    const conversation = new DnsConversation()
    for (const name of ['a.example', 'A.EXAMPLE', 'b.example']) conversation.read(ask(dns({ name })))
    expect(conversation.names()).toMatchObject({ dnsQuery: 'a.example', dnsNames: 2, dnsQueries: 3 })
    expect(conversation.names()).toBeNull()
    conversation.read(ask(dns({ name: 'c.example' })))
    expect(conversation.names()).toMatchObject({ dnsQuery: 'c.example', dnsNames: 1, dnsQueries: 1 })
  })

  it('tells no more than 256 names apart, and says what the rest asked', () => {
    const questions = Array.from({ length: 400 }, (_, i): Dns => ({ name: `n${i}.example` }))
    expect(namesOf(...questions)).toMatchObject({ dnsNames: 256, dnsQueries: 400 })
  })

  it('knows the entropy of a name', () => {
    expect(namesOf({ name: 'aaaa' })!.dnsEntropy).toBeCloseTo(0, 4)
    expect(namesOf({ name: 'abcdefgh' })!.dnsEntropy).toBeCloseTo(3, 4)
    expect(namesOf({ name: 'abAB' }, { name: 'aaaabbbb' })!.dnsEntropy).toBeCloseTo(1, 4)
  })

  it('takes the name from the answer when the question was not seen', () => {
    const names = namesOf({ name: 'only.example', response: true, rcode: 3 })
    expect(names).toMatchObject({ dnsQuery: 'only.example', dnsQueries: 0, dnsNames: 1, dnsRcode: 3, dnsNxdomain: 1 })
  })
})

describe('a name on the wire', () => {
  it('may point back, but not at itself, forwards or in circles', () => {
    expect(nameIn(question(domainName('a.b')))).toBe('a.b')
    expect(nameIn(question('\x01a', u16(0xc000 | 12)))).toBeUndefined()
    expect(nameIn(question(u16(0xc000 | 12)))).toBeUndefined()
    expect(nameIn(question(u16(0xc000 | 16), domainName('a')))).toBeUndefined()
  })

  it('of a second question is followed to the first', () => {
    const both = concat(u16(7, 0, 2, 0, 0, 0), domainName('x.local'), u16(12, 1), '\x01y', u16(0xc000 | 14), u16(12, 1))
    const conversation = new DnsConversation()
    conversation.read(payloadOf({ bytes: both, tcp: false, port: 5353 }))
    expect(conversation.names()!.dnsHashes).toEqual(['x.local', 'y.local'].map((name) => scrambleText(name, 0)))
    expect(conversation.service('mdns')).toBe('mdns')
  })

  it('has at most 255 bytes, and shows every odd byte', () => {
    const long = Array.from({ length: 5 }, () => 'a'.repeat(60)).join('.')
    expect(nameIn(question(domainName(long)))).toBeUndefined()
    expect(nameIn(question(u8(3, 0x1b, 0xc3, 0x41, 0)))).toBe('\\x1B\\xC3A')
    expect(nameIn(question(u8(0)))).toBe('')
  })

  it('that is cut off is none', () => {
    const whole = dns({ name: 'www.example.com' })
    for (let length = 12; length < whole.length; length++) expect(nameIn(whole.subarray(0, length))).toBeUndefined()
  })
})

describe('DNS over TCP', () => {
  const stream = (...messages: Uint8Array[]): Uint8Array =>
    concat(...messages.flatMap((message) => [u16(message.length), message]))
  const segment = (bytes: Uint8Array) => payloadOf({ bytes, port: 53 })

  it('reads every message of a segment, and over the ends of segments', () => {
    const messages = ['a', 'b', 'c'].map((label) => dns({ name: `${label}.example` }))
    const whole = stream(...messages)
    const conversation = new DnsConversation()
    conversation.read(segment(whole.subarray(0, 50)))
    conversation.read(segment(whole.subarray(50)))
    expect(conversation.names()).toMatchObject({ dnsQueries: 3 })
  })

  it('asks for the rest when there is hardly more than the length', () => {
    const whole = stream(dns({ name: 'a.example' }))
    expect(isDns(segment(whole.subarray(0, 2)))).toBe(true)
    expect(new DnsConversation().read(segment(whole.subarray(0, 2)))).toBe(WANTS.rest)
    expect(new DnsConversation().read(segment(whole))).toBe(WANTS.more)
  })
})

describe('what is DNS', () => {
  it('is anything with a sane header on its ports', () => {
    expect(isDns(ask(dns({ name: 'a.example' })))).toBe(true)
    expect(isDns(ask(new Uint8Array(40).fill(0x5a)))).toBe(false)
    expect(isDns(ask(new Uint8Array(8)))).toBe(false)
  })

  it('is only a plain question on any other', () => {
    const plain = dns({ name: 'a.example' })
    expect(isDns(ask(plain, 4444))).toBe(true)
    expect(isDns(ask(concat(plain, u8(0)), 4444))).toBe(false)
    expect(isDns(ask(dns({ name: 'a.example', response: true }), 4444))).toBe(false)
    expect(isDns(ask(new Uint8Array(64), 4444))).toBe(false)
    expect(isDns(ask(plain, 137))).toBe(false)
  })
})
