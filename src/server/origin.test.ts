import { describe, expect, it } from 'vitest'
import { createOriginPolicy } from './origin.ts'

describe('names this server answers to', () => {
  it.each([
    ['127.0.0.1', 'localhost:8080', true],
    ['127.0.0.1', 'LOCALHOST', true],
    ['127.0.0.1', '127.0.0.1:9000', true],
    ['127.0.0.1', '[::1]:8080', true],
    ['127.0.0.1', 'evil.example', false],
    ['127.0.0.1', 'localhost.evil.example:8080', false],
    ['127.0.0.1', '127.0.0.1.evil.example', false],
    ['127.0.0.1', '10.0.0.5:8080', false],
    ['127.0.0.1', 'localhost:8080@evil.example', false],
    ['127.0.0.1', 'localhost/evil', false],
    ['127.0.0.1', '', false],
    ['127.0.0.1', undefined, false],
    ['sensor.lan', 'sensor.lan:8080', true],
    ['sensor.lan', 'other.lan:8080', false],
    ['fe80::1', '[fe80::1]:8080', true],
    ['0.0.0.0', '10.0.0.5:8080', true],
    ['0.0.0.0', 'evil.example', false],
    ['::', '[2001:db8::1]', true],
  ])('listening on %s, asked for %s: %s', (listening, header, allowed) => {
    expect(createOriginPolicy(listening).host(header)).toBe(allowed)
  })

  it('answers to names it was given', () => {
    expect(createOriginPolicy('127.0.0.1', ['nads.example']).host('nads.example')).toBe(true)
  })
})

describe('pages that may connect', () => {
  const { origin } = createOriginPolicy('127.0.0.1')

  it.each([
    [undefined, 'localhost:8080', true],
    ['http://localhost:8080', 'localhost:8080', true],
    ['https://localhost:8080', 'localhost:8080', true],
    ['http://localhost:8081', 'localhost:8080', false],
    ['http://evil.example', 'localhost:8080', false],
    ['null', 'localhost:8080', false],
    ['file://', 'localhost:8080', false],
    ['http://localhost:8080', undefined, false],
    ['http://localhost:8080.evil.example', 'localhost:8080', false],
  ])('from %s to %s: %s', (header, host, allowed) => {
    expect(origin(header, host)).toBe(allowed)
  })
})
