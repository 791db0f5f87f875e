// Builds dist/ (the program), dist/dashboard/ (the page) and dist/rules.json (the rules, parsed): all with `npm run build`, only what is
// stale when imported. `node scripts/build.mjs FILE...` builds those as the program is built, into dist/bench/.
import { fork } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeLock } from './lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

const PARTS = [
  {
    name: 'program',
    inputs: ['src', 'scripts/bundle.mjs', 'package.json', 'package-lock.json'],
    async make() {
      const { bundle } = await import('./bundle.mjs')
      const made = await bundle({ main: 'src/main.ts', worker: 'src/worker.ts' }, dist)
      // What another build left. The rest of dist/ is not the program's.
      const kept = new Set([...made, 'dashboard', 'rules.json', 'bench'])
      for (const name of readdirSync(dist)) {
        if (!kept.has(name) && !name.startsWith('.')) rmSync(join(dist, name), { recursive: true })
      }
    },
  },
  {
    name: 'dashboard',
    inputs: ['dashboard', 'src/types', 'src/query', 'package.json', 'package-lock.json'],
    async make() {
      const { build } = await import('vite')
      await build({ configFile: join(root, 'dashboard/vite.config.ts'), logLevel: 'error' })
    },
  },
  {
    name: 'rules',
    inputs: ['rules', 'scripts/parse-rules.mjs', 'package.json', 'package-lock.json'],
    async make() {
      const { parseRules } = await import('./parse-rules.mjs')
      writeFileSync(join(dist, 'rules.json'), JSON.stringify(parseRules(join(root, 'rules'))))
    },
  },
].map((part) => ({ ...part, stamp: join(dist, `.${part.name}`) }))

/** Builds every part whose inputs are newer than its last build, in a process that ends when this one does. */
export async function buildIfStale() {
  if (!PARTS.some(isStale)) return
  const child = fork(fileURLToPath(import.meta.url), ['--stale'])
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) process.exit(1)
}

/** Builds `choose()` of the parts, once no other build is under way. */
async function build(choose) {
  if (!existsSync(join(root, 'node_modules'))) fail('dependencies are missing: run `npm ci` first')
  mkdirSync(dist, { recursive: true })
  await takeLock(join(dist, '.building'))
  const parts = choose()
  if (parts.length === 0) return
  process.stderr.write(`nads: building the ${parts.map((part) => part.name).join(', the ')} ...\n`)
  await Promise.all(parts.map(buildPart))
}

async function buildPart(part) {
  const began = new Date()
  rmSync(part.stamp, { force: true })
  try {
    await part.make()
  } catch (error) {
    fail(`building the ${part.name} failed\n${error instanceof Error ? error.message : error}`)
  }
  // What changed meanwhile is newer than the stamp.
  writeFileSync(part.stamp, '')
  utimesSync(part.stamp, began, began)
}

function isStale(part) {
  if (!existsSync(part.stamp)) return true
  const built = statSync(part.stamp).mtimeMs
  return part.inputs.some((input) => newest(join(root, input)) > built)
}

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs)
}

function fail(message) {
  process.stderr.write(`nads: ${message}\n`)
  process.exit(1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const orphaned = () => process.exit(1)
  process.once('disconnect', orphaned)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, orphaned)
  const files = process.argv.slice(2)
  if (files[0] === '--stale') await build(() => PARTS.filter(isStale))
  else if (files.length === 0) await build(() => PARTS)
  else {
    const { bundle } = await import('./bundle.mjs')
    await bundle(Object.fromEntries(files.map((file) => [basename(file, '.ts'), file])), join(dist, 'bench'))
  }
  process.exit()
}
