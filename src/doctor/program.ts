import { execFile } from 'node:child_process'

/** Seconds a program has to answer. */
const PATIENCE = 5

/** What a program prints; null when it cannot be run or fails. */
export function runs(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((done) => {
    const options = { timeout: PATIENCE * 1000, env: { PATH: process.env.PATH, LC_ALL: 'C' } }
    execFile(program, args, options, (error, stdout) => done(error === null ? stdout : null))
  })
}
