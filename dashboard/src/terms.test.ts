import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { termOf, withTerm } from './terms.ts'

describe('terms of a search', () => {
  it('are set, changed and removed one by one', () => {
    expect(withTerm('', 'src', '10.0.0.1')).toBe('src:10.0.0.1')
    expect(withTerm('last:24h src:10.0.0.1', 'src', '10.0.0.2')).toBe('last:24h src:10.0.0.2')
    expect(withTerm('last:24h src:10.0.0.1', 'src', ' ')).toBe('last:24h')
    expect(withTerm('word', 'type', 'Port Scan')).toBe('word type:"Port Scan"')
    expect(termOf('word type:"Port Scan" port:22', 'type')).toBe('Port Scan')
    expect(termOf('-src:10.0.0.1', 'src')).toBe('')
  })

  it('give back what was set, and leave the others alone', () => {
    const value = fc.stringMatching(/^[^\s"][^"\r\n\t]*$/).map((text) => text.trim())
    fc.assert(
      fc.property(value, value, (a, b) => {
        const query = withTerm(withTerm('last:1h', 'src', a), 'dst', b)
        expect([termOf(query, 'src'), termOf(query, 'dst'), termOf(query, 'last')]).toEqual([a, b, '1h'])
        expect(withTerm(withTerm(query, 'src', ''), 'dst', '')).toBe('last:1h')
      }),
    )
  })
})
