import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'nads-reload-'))
const path = join(folder, 'own-web.yaml')
const text = readFileSync(join(root, 'rules/classic/classic-many-packets.yaml'), 'utf8').replace(
  /^id: .*/m,
  'id: own-web',
)
writeFileSync(path, text)

const program = spawn(process.execPath, [join(root, 'bin/nads.js'), 'start', '--port', '0', '--rules', folder], {
  cwd: folder,
})
let said = ''
program.stdout.on('data', (chunk) => (said += chunk))
program.stderr.on('data', (chunk) => (said += chunk))
afterAll(() => program.kill())

const count = (pattern: RegExp): number => said.match(pattern)?.length ?? 0
const until = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 100 })

describe('rules of the running program', () => {
  it('are read again when a file changes and on SIGHUP; a broken file changes nothing and is told once', {
    timeout: 240_000,
  }, async () => {
    await until(() => expect(said).toContain('Dashboard'))
    const [, rules] = /(\d+) rules and the model/.exec(said)!
    writeFileSync(join(folder, 'own-two.yaml'), text.replace('id: own-web', 'id: own-two'))
    await until(() => expect(said).toContain(`"rules":${Number(rules) + 1}`))

    writeFileSync(path, text.replace(/^level:/m, 'levle:'))
    await until(() => expect(said).toMatch(/own-web\.yaml:\d+.*levle/))
    program.kill('SIGHUP')
    writeFileSync(path, text)
    await until(() => expect(count(/rules read again/g)).toBe(2))
    expect(count(/the rules stay as they were/g)).toBe(1)

    program.kill('SIGHUP')
    await until(() => expect(count(/rules read again/g)).toBe(3))
    expect(program.exitCode).toBeNull()
  })
})
