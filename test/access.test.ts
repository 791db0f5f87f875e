import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const NADS = resolve(import.meta.dirname, '../bin/nads.js')
const folder = mkdtempSync(join(tmpdir(), 'nads-access-'))

function nads(args: string[], input?: Buffer): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [NADS, ...args], { cwd: folder })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('close', (code) => done({ code, stdout, stderr }))
    child.stdin.end(input)
  })
}

beforeAll(async () => {
  await nads(['--version'])
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('people and programs', () => {
  const data = (): string[] => ['--data-dir', join(folder, 'access')]

  it('are added, listed and removed, and no secret is kept as it is', async () => {
    const password = Buffer.from('correct horse\n')
    expect((await nads(['user', 'set', 'ann', '--role', 'admin', ...data()], password)).stdout).toContain('ann')
    expect(await nads(['user', 'list', ...data()])).toMatchObject({ code: 0, stdout: 'ann  admin\n' })
    const { stdout: token } = await nads(['token', 'add', 'grafana', ...data()])
    expect(token).toMatch(/^nads_[\w-]{43}\n$/)
    const listed = (await nads(['token', 'list', ...data()])).stdout
    expect(listed).toMatch(/^[0-9a-f]{12} {2}grafana {2}viewer\n$/)
    const kept = readFileSync(join(folder, 'access', 'access.json'), 'utf8')
    expect(kept).not.toContain('correct horse')
    expect(kept).not.toContain(token.trim())
    expect((await nads(['token', 'remove', listed.split(' ')[0]!, ...data()])).code).toBe(0)
    expect((await nads(['user', 'remove', 'ann', ...data()])).code).toBe(0)
    expect((await nads(['user', 'list', ...data()])).stdout + (await nads(['token', 'list', ...data()])).stdout).toBe(
      '',
    )
  }, 60_000)

  it.each<[string, string[], string | undefined, RegExp]>([
    ['without a data folder', ['user', 'list'], undefined, /--data-dir/],
    ['a short password', ['user', 'set', 'ann', '--data-dir', 'access'], 'short\n', /10 characters/],
    ['no password', ['user', 'set', 'ann', '--data-dir', 'access'], '', /standard input/],
    ['a name with a slash', ['user', 'set', 'a/b', '--data-dir', 'access'], 'long enough\n', /letters, digits/],
    ['nobody', ['user', 'remove', 'bob', '--data-dir', 'access'], undefined, /nobody called bob/],
    ['no such token', ['token', 'remove', 'ff', '--data-dir', 'access'], undefined, /no token ff/],
    ['no such role', ['token', 'add', 'x', '--role', 'root', '--data-dir', 'access'], undefined, /root/],
  ])(
    '%s is one line and exit code 2',
    async (_, args, input, pattern) => {
      const { code, stderr, stdout } = await nads(args, input === undefined ? undefined : Buffer.from(input))
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(pattern)
      expect(
        stderr
          .replace(/^password: /, '')
          .trim()
          .split('\n'),
      ).toHaveLength(1)
    },
    30_000,
  )
})
