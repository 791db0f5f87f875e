import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two looks at whether the lock is free, and after which its holder is taken for dead. */
const LOOK = 100
const DEAD = 300_000

/** Waits for the lock `file`, takes it, also from a process that is gone, and holds it until this process ends. */
export async function takeLock(file) {
  while (!isTaken(file)) {
    if (isAbandoned(file)) rmSync(file, { force: true })
    else await sleep(LOOK)
  }
  process.once('exit', () => rmSync(file, { force: true }))
}

function isTaken(file) {
  try {
    const descriptor = openSync(file, 'wx')
    writeSync(descriptor, String(process.pid))
    closeSync(descriptor)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isAbandoned(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > DEAD) return true
    const holder = Number(readFileSync(file, 'utf8'))
    return holder > 0 && !process.kill(holder, 0)
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
