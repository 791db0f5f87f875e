import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readTable } from './table.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-table-'))

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const ROWS = '10,tcp,"a, ""b""",Normal,0\n1e3,tcp,,neptune,1\n-,udp,x,Normal,0\n10,udp,y,neptune,1\n'
const GOOD = `bytes, proto ,note,class,kind\n${ROWS.repeat(10)}`
const read = (path: string, more: object = {}) => readTable({ file: path, label: 'class', drop: [], ...more })

describe('a labelled table', () => {
  it.each([
    ['plain', file('a.csv', GOOD)],
    ['gzip', file('a.csv.gz', gzipSync(GOOD))],
    ['semicolons', file('b.csv', GOOD.replaceAll('"a, ""b"""', 'ab').replaceAll(',', ';'))],
    ['CR LF and a byte order mark', file('c.csv', `\ufeff${GOOD.replaceAll('\n', '\r\n')}`)],
  ])('is read: %s', (_name, path) => {
    const table = read(path)
    expect(table).toMatchObject({
      n: 40,
      columns: ['bytes', 'proto'],
      kinds: ['proto'],
      benign: 'Normal',
      benignGiven: false,
    })
    expect([...table.rows.subarray(0, 8)]).toEqual([10, 0.5, 1000, 0.5, 0, 0.5, 10, 0.5])
    expect([...table.attack.subarray(0, 4)]).toEqual([0, 1, 0, 1])
    expect(table.left.map(({ column }) => column)).toEqual(['note', 'kind'])
  })

  it('takes the benign value that is given', () => {
    expect([...read(file('d.csv', GOOD), { benign: 'neptune', drop: ['kind', 'note'] }).attack.subarray(0, 4)]).toEqual(
      [1, 0, 1, 0],
    )
  })

  const many = `n,class\n${Array.from({ length: 300 }, (_, i) => `${i},${i % 2 ? 'Normal' : 'bad'}`).join('\n')}\n`
  it.each<[string, string, object, RegExp]>([
    ['a row too short', 'a,class\n1,Normal\n2\n', {}, /:3: has 1 columns, the header has 2/],
    ['an unknown column', GOOD, { label: 'Class' }, /:1: no column "Class"; there are bytes, proto/],
    ['no label asked for', GOOD, { label: undefined }, /--label must name a column/],
    ['a stray text among numbers', many.replace('\n7,', '\nseven,'), {}, /:9: n: "seven" is not a number/],
    ['no benign value known', GOOD.replaceAll('Normal', 'fine'), {}, /class: which value is benign\?.*fine, neptune/],
    ['a benign value that is not there', GOOD, { benign: 'good' }, /class: no row is "good"; found: Normal, neptune/],
    ['no header', 'hello\n', {}, /:1: is no header/],
    ['no rows', 'a,class\n', {}, /has no rows/],
  ])('says what is wrong: %s', (name, text, more, message) => {
    expect(() => read(file(`${name}.csv`, text), more)).toThrow(message)
  })

  it('says what is wrong with an archive', () => {
    expect(() => readTable({ file: file('x.npz', 'no zip'), drop: [] })).toThrow(/x\.npz: is not an \.npz/)
  })
})
