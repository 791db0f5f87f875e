import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds what is stale of the program, and `bench/<name>.ts` the same way: what is measured is what people run. Returns the file to run. */
export function built(name: string): string {
  const { status } = spawnSync(process.execPath, ['bin/nads.js', '--version'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const bundled = spawnSync(process.execPath, ['scripts/build.mjs', `bench/${name}.ts`], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0 || bundled.status !== 0) throw new Error(`building bench/${name}.ts failed`)
  return `${root}dist/bench/${name}.js`
}

/** Runs it and returns what it printed, as JSON. */
export function outputOf<T>(file: string, ...args: string[]): T {
  const { stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as T
}
