import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { InputError } from './types/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-config-'))
let files = 0

function file(text: string): string {
  const path = join(folder, `settings-${files++}.yaml`)
  writeFileSync(path, text)
  return path
}

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const config = loadConfig(undefined, {})
    expect(config).toMatchObject({ seed: 1, server: { host: '127.0.0.1', port: 8080 }, simulator: { rate: 0.5 } })
  })

  it('takes the file, then the environment, then the command line', () => {
    const path = file('seed: 2\nserver:\n  port: 81\n  host: 127.0.0.2\nsimulator: { rate: 3 }\n')
    const config = loadConfig(path, { NADS_SERVER_PORT: '82', NADS_SIMULATOR_RATE: '4' }, { 'server.port': 83 })
    expect(config).toMatchObject({ seed: 2, server: { host: '127.0.0.2', port: 83 }, simulator: { rate: 4 } })
  })

  it('takes one name or several from the environment', () => {
    expect(loadConfig(undefined, { NADS_RULES_DISABLED: 'a' }).rules.disabled).toEqual(['a'])
    expect(loadConfig(undefined, { NADS_RULES_DISABLED: 'a, b' }).rules.disabled).toEqual(['a', 'b'])
  })

  it('takes several sources, each with a name', () => {
    const path = file('sources:\n  - { kind: simulator, rate: 2 }\n  - { kind: read, name: past, files: a.pcap }\n')
    expect(loadConfig(path, {}).sources).toEqual([
      { kind: 'simulator', name: 'simulator', rate: 2, scenario: 'home' },
      { kind: 'read', name: 'past', files: ['a.pcap'] },
    ])
  })

  it.each([
    ['server:\n  prot: 1\n', /settings-\d+\.yaml:2: server\.prot: no such setting; known here: host, port$/],
    ['\n\nsede: 1\n', /settings-\d+\.yaml:3: sede: no such setting; known here: seed, dataDir, /],
    ['seed: many\n', /settings-\d+\.yaml:1: seed: .*number/],
    ['server: { port: 70000 }\n', /settings-\d+\.yaml:1: server\.port: .*65535/],
    ['- 1\n', /must be settings/],
    [
      'sources:\n  - kind: simulator\n    rat: 1\n',
      /:3: sources\.0\.rat: no such setting; known here: name, kind, rate, scenario$/,
    ],
    ['sources:\n  - { kind: simulator }\n  - kind: rumour\n', /:3: sources\.1\.kind: must be one of simulator, read/],
    ['sources:\n  - { kind: simulator }\n  -\n    kind: simulator\n', /: sources\.1\.name: "simulator" is the name of/],
    ['sources:\n  - { kind: read, name: "a b", files: x }\n', /:2: sources\.0\.name: must be 1 to 64 letters/],
    ['a: [\n', /settings-\d+\.yaml: .*line 2/],
  ])('names file, line and what is allowed: %j', (text, message) => {
    const load = (): unknown => loadConfig(file(text), {})
    expect(load).toThrow(InputError)
    expect(load).toThrow(message)
    expect(load).toThrow(/^[^\n]*$/)
  })

  it('names the variable or the command line', () => {
    expect(() => loadConfig(undefined, { NADS_SERVER_PORT: 'x' })).toThrow(/^NADS_SERVER_PORT: server\.port: /)
    expect(() => loadConfig(undefined, { NADS_PROT: '1' })).toThrow(/^NADS_PROT: no such setting; known: NADS_SEED/)
    expect(() => loadConfig(undefined, {}, { 'server.port': -1 })).toThrow(/^command line: server\.port: /)
  })

  it('says which file cannot be read', () => {
    expect(() => loadConfig('/nowhere/nads.yaml', {})).toThrow('/nowhere/nads.yaml: cannot be read (ENOENT)')
  })
})
