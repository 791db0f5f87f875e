import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ReadReport } from '../src/types/report.ts'

const root = resolve(import.meta.dirname, '..')
const golden = (name: string): string => join(root, 'test', 'golden', name, 'input.pcap')
const folder = mkdtempSync(join(tmpdir(), 'nads-cli-'))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

interface Result {
  code: number | null
  stdout: string
  stderr: string
}

function nads(args: string[], input?: Buffer, env: Record<string, string> = {}): Promise<Result> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'nads.js'), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('close', (code) => done({ code, stdout, stderr }))
    child.stdin.end(input)
  })
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

beforeAll(async () => {
  await nads(['--version'])
  mkdirSync(join(folder, 'rules'), { recursive: true })
  const rule = readFileSync(join(root, 'rules', 'classic', 'classic-many-packets.yaml'), 'utf8')
  writeFileSync(join(folder, 'rules', 'classic-many-packets.yaml'), rule.replace('level:', 'levle:'))
})

describe('a mistake gives one line and exit code 2', () => {
  it.each<[string, () => string[], RegExp, Record<string, string>?]>([
    ['missing file', () => ['read', 'nowhere.pcap'], /nowhere\.pcap/],
    ['folder', () => ['read', folder], /folder|directory/],
    ['empty file', () => ['read', file('empty.pcap', '')], /empty\.pcap.*empty/],
    ['text file', () => ['read', file('notes.txt', 'hello, this is no capture\n')], /notes\.txt.*(pcap|capture)/],
    [
      'misspelt rule key',
      () => ['rules', '--rules', join(folder, 'rules')],
      /classic-many-packets\.yaml:\d+.*levle.*level/,
    ],
    ['misspelt setting', () => ['config', file('a.yaml', 'sever: {}\n')], /a\.yaml:1: sever: no such setting/],
    ['wrong variable', () => ['config'], /NADS_SEED: seed: /, { NADS_SEED: 'many' }],
    ['unknown scenario', () => ['start', '--scenario', 'nowhere', '--port', '0'], /nowhere.*home/],
    ['unknown option', () => ['read', '--frmat', 'json', 'x'], /unknown option '--frmat'/],
    ['unknown command', () => ['raed'], /unknown command 'raed'/],
    ['unknown format', () => ['read', 'x', '--format', 'xml'], /text, json/],
  ])('%s', async (_, args, message, env = {}) => {
    const { code, stdout, stderr } = await nads(args(), undefined, env)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('(Did you mean')).length,
    ).toBe(1)
    expect({ code, stdout: /Dashboard/.test(stdout) ? '' : stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('port in use', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as { port: number }
    const { code, stderr } = await nads(['start', '--port', String(port)])
    other.close()
    expect(stderr).toBe(`nads: port ${port} is in use: stop the other program or choose another with --port\n`)
    expect(code).toBe(2)
  })
})

describe('nads read', () => {
  it('prints one JSON object, the same bytes each time', async () => {
    const first = await nads(['read', golden('syn-scan'), '--format', 'json'])
    const second = await nads(['read', golden('syn-scan'), '--format', 'json'])
    expect(first).toEqual(second)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const report = JSON.parse(first.stdout) as ReadReport
    expect(report.input).toMatchObject({ files: [golden('syn-scan')], truncated: false })
    expect(report.input.packets).toBeGreaterThan(100)
    const scan = report.incidents.find((incident) => incident.type === 'Port Scan')
    expect(scan).toMatchObject({
      attack: expect.arrayContaining(['T1046']),
      severity: expect.stringMatching(/high|medium/),
    })
    expect(scan!.reasons[0]!.text).toMatch(/\d/)
    for (const reason of scan!.reasons)
      expect(Object.keys(reason)).toEqual(expect.arrayContaining(['text', 'feature', 'observed', 'expected']))
  })

  it('reads the same from gzip and from standard input', async () => {
    const plain = await nads(['read', golden('ssh-guessing'), '--format', 'json'])
    const zipped = await nads([
      'read',
      file('x.gz', gzipSync(readFileSync(golden('ssh-guessing')))),
      '--format',
      'json',
    ])
    const piped = await nads(['read', '-', '--format', 'json'], readFileSync(golden('ssh-guessing')))
    const judged = ({ stdout }: Result) => {
      const { input, ...rest } = JSON.parse(stdout) as ReadReport
      return { ...rest, packets: input.packets, flows: input.flows }
    }
    expect(judged(zipped)).toEqual(judged(plain))
    expect(judged(piped)).toEqual(judged(plain))
  })

  it('takes up what it learned, when told where to keep it', async () => {
    const learn = async (): Promise<ReadReport> => {
      const { stdout } = await nads([
        'read',
        golden('benign'),
        '--format',
        'json',
        '--data-dir',
        join(folder, 'learned'),
      ])
      return JSON.parse(stdout) as ReadReport
    }
    const first = await learn()
    const second = await learn()
    expect(second.stats.model.learned).toBeGreaterThan(first.stats.model.learned)
    writeFileSync(join(folder, 'learned', 'learned.json'), '{}')
    const { code, stderr } = await nads(['read', golden('benign'), '--data-dir', join(folder, 'learned')])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^nads: .*learned\.json: .*\n$/) })
  })

  it('prints a table a person can read', async () => {
    const { stdout, code } = await nads(['read', golden('syn-scan')])
    expect(code).toBe(0)
    expect(stdout).toMatch(/SEVERITY +WHAT HAPPENED/)
    expect(stdout).toMatch(/Port Scan from/)
    expect(stdout).toMatch(/read +[\d,]+ packets/)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(140)
  })

  it('says so when nothing is wrong', async () => {
    const { stdout } = await nads(['read', golden('benign')])
    expect(stdout).toMatch(/No incidents/)
  })

  it('shows a capture that was cut', async () => {
    const whole = readFileSync(golden('benign'))
    const { stdout, code } = await nads([
      'read',
      file('cut.pcap', whole.subarray(0, whole.length - 7)),
      '--format',
      'json',
    ])
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as ReadReport).input.truncated).toBe(true)
  })
})

describe('help', () => {
  it.each([[], ['start'], ['read'], ['evaluate'], ['rules'], ['config']])('nads %s --help', async (...command) => {
    const { code, stdout } = await nads([...command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Usage: nads/)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('prints the version', async () => {
    expect(await nads(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})
