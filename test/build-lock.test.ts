import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'nads-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Takes the lock in a process of its own, says when, and when it lets go of it and ends, a while later. */
const HOLDER = `
const { takeLock } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../scripts/lock.mjs')).href)})
await takeLock(process.argv[1])
const tell = (end) => process.stdout.write(process.hrtime.bigint() + end)
tell(' ')
setTimeout(() => tell('') && process.exit(), Number(process.argv[2]))`

function hold(file: string, milliseconds: number): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', HOLDER, file, String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

it('is held by one process at a time, and gone when the last has ended', async () => {
  const file = join(folder, 'one')
  const said = await Promise.all(Array.from({ length: 3 }, () => hold(file, 100).stdout!.setEncoding('utf8').toArray()))
  const spans = said.map((texts) => texts.join('').split(' ').map(BigInt))
  const inOrder = spans.toSorted(([a], [b]) => Number(a! - b!)).flat()
  expect(inOrder.length).toBe(6)
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => Number(a - b)))
  expect(existsSync(file)).toBe(false)
})

it('is taken over from a process that was killed', async () => {
  const file = join(folder, 'killed')
  const killed = hold(file, 60_000)
  await once(killed.stdout!, 'data')
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  expect(existsSync(file)).toBe(true)
  const next = hold(file, 0)
  await once(next.stdout!, 'data')
  await once(next, 'exit')
  expect(existsSync(file)).toBe(false)
})
