import { describe, expect, it } from 'vitest'
import { concat, httpRequest, httpResponse } from '../../../test/craft/index.ts'
import { WANTS } from './conversation.ts'
import { HttpConversation, isHttp } from './http.ts'
import { payloadOf } from './payload.case.ts'

const to = (bytes: Uint8Array | string) => payloadOf({ bytes, port: 80 })
const from = (bytes: Uint8Array | string) => payloadOf({ bytes, port: 80, forward: false })
const isRequest = (text: string): boolean => isHttp(to(text))

/** What is told of these requests on one connection. */
function namesOf(...paths: string[]) {
  const conversation = new HttpConversation()
  for (const path of paths) conversation.read(to(httpRequest({ path })))
  return conversation.names()
}

describe('what is HTTP', () => {
  it.each([
    'GET / HTTP/1.1\r\n\r\n',
    'PROPFIND /share HTTP/1.0\r\n',
    'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n',
    'FOO bar HTTP/1.1\n',
    'GET /\r\n',
    `GET /${'long'.repeat(400)}`,
    'POST http://example.com/x',
    'HTTP/1.1 404 Not Found\r\n',
  ])('%j', (text) => expect(isRequest(text)).toBe(true))

  it.each([
    'get / HTTP/1.1\r\n',
    'OPTIONS rtsp://example.com RTSP/1.0\r\n',
    'DESCRIBE / RTSP/1.0\r\n',
    'INVITE sip:a@example.com SIP/2.0\r\n',
    'EHLO mail.example.com\r\n',
    'USER anonymous\r\n',
    'RETR /pub/file\r\n',
    'GE',
    'GET',
    'HTTP/1.1 2x0 OK\r\n',
    'HTTP/1.1 20',
    'SSH-2.0-OpenSSH\r\n',
    '',
  ])('is not %j', (text) => expect(isRequest(text)).toBe(false))
})

describe('an HTTP conversation', () => {
  it('tells the first request and the first final status', () => {
    const conversation = new HttpConversation()
    conversation.read(to(httpRequest({ method: 'POST', path: '/a?b=1', host: 'h.example', userAgent: 'curl/8' })))
    conversation.read(from('HTTP/1.1 100 Continue\r\n\r\n'))
    conversation.read(from(httpResponse({ status: 404 })))
    conversation.read(from('more of the page, HTTP/1.1 500 '))
    conversation.read(to(httpRequest({ path: '/next', host: 'other.example' })))
    conversation.read(from(httpResponse({ status: 503 })))
    const told = {
      httpMethod: 'POST',
      httpPath: '/a?b=1',
      httpHost: 'h.example',
      httpUserAgent: 'curl/8',
      httpStatus: 404,
    }
    expect(conversation.names()).toEqual({ ...told, httpRequests: 2, httpErrors: 2 })
    expect(conversation.names()).toEqual({ ...told, httpRequests: 0, httpErrors: 0 })
  })

  it('decodes the path once, and a plus only in the query', () => {
    expect(namesOf('/a+b%2Fc?q=1%27+union+select%20x').httpPath).toBe("/a+b/c?q=1' union select x")
    expect(namesOf('/%2527%zz%4').httpPath).toBe('/%27%zz%4')
    expect(namesOf('/%00%c3%a9').httpPath).toBe('/\\x00\\xC3\\xA9')
  })

  it('keeps the oddest of all paths', () => {
    const paths = ['/', '/search?q=a|b', '/item?id=1%27%20union%20select%20null--', '/item?id=2', '/x?y=(1)']
    const { httpPath, httpOddPath, httpRequests } = namesOf(...paths)
    expect({ httpPath, httpOddPath, httpRequests }).toEqual({
      httpPath: '/',
      httpOddPath: "/item?id=1' union select null--",
      httpRequests: 5,
    })
    expect(namesOf('/', '/index.html?a=b&c=d', '/a-b_c.js', '/~user/@x')).not.toHaveProperty('httpOddPath')
  })

  it.each([
    '/../../etc/passwd',
    '/x?f=/etc/passwd',
    '/x?u=http://evil.example/',
    '/?q=<script>',
    '/%3Bid',
    '/$%7Bjndi:ldap',
    '/%252e%252e/',
    '/a%00.png',
    '/..%5c..%5cwin.ini',
  ])('finds %s odd', (path) => expect(namesOf(path)).toHaveProperty('httpOddPath'))

  it('counts requests it no longer reads', () => {
    const { httpRequests, httpOddPath } = namesOf(...new Array<string>(256).fill('/'), "/'")
    expect(httpRequests).toBe(257)
    expect(httpOddPath).toBeUndefined()
  })

  it('asks for the rest of a head that lacks host or agent, and counts it once', () => {
    const whole = httpRequest({ host: 'late.example', userAgent: 'slow' })
    const conversation = new HttpConversation()
    expect(conversation.read(to(whole.subarray(0, 20)))).toBe(WANTS.rest)
    expect(conversation.read(to(whole))).toBe(WANTS.more)
    expect(conversation.names()).toMatchObject({ httpHost: 'late.example', httpUserAgent: 'slow', httpRequests: 1 })
  })

  it('finds fields in any case, trimmed, and none in the body', () => {
    const conversation = new HttpConversation()
    conversation.read(to('POST / HTTP/1.1\r\nHOST:  h.example \t\r\nX: y\r\n\r\nUser-Agent: body\r\n'))
    expect(conversation.names()).toMatchObject({ httpHost: 'h.example' })
    const body = new HttpConversation()
    body.read(to('GET / HTTP/1.1\r\n\r\nUser-Agent: body\r\n'))
    expect(body.names()).not.toHaveProperty('httpUserAgent')
  })

  it('cuts strings at 1 KiB', () => {
    const conversation = new HttpConversation()
    conversation.read(to(concat(httpRequest({ path: `/${'x'.repeat(3000)}`, userAgent: '\x01'.repeat(2000) }))))
    const { httpPath, httpUserAgent } = conversation.names()
    expect(httpPath).toHaveLength(1024)
    expect(httpUserAgent).toBe('\\x01'.repeat(256))
  })
})
