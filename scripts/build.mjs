// Builds dist/ (the program), dist/dashboard/ (the page) and dist/rules.json (the rules, parsed): all with `npm run build`, only what is stale when imported.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const nodeModules = join(root, 'node_modules')

const PARTS = [
  {
    name: 'program',
    stamp: join(root, 'dist', '.program'),
    inputs: ['src', 'tsconfig.base.json', 'tsconfig.build.json', 'package.json'],
    clean: (file) => !/^\.?(dashboard|rules)/.test(file),
    command: [join(nodeModules, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
  },
  {
    name: 'dashboard',
    stamp: join(root, 'dist', '.dashboard'),
    inputs: ['dashboard', 'src/types', 'package.json'],
    clean: (file) => file === 'dashboard',
    command: [
      join(nodeModules, 'vite', 'bin', 'vite.js'),
      'build',
      '-c',
      'dashboard/vite.config.ts',
      '--logLevel',
      'error',
    ],
  },
  {
    name: 'rules',
    stamp: join(root, 'dist', '.rules'),
    inputs: ['rules', 'scripts/parse-rules.mjs', 'package.json'],
    clean: (file) => file === 'rules.json',
    command: [join(root, 'scripts', 'parse-rules.mjs')],
  },
]

/** Builds every part whose inputs are newer than its last build. */
export async function buildIfStale() {
  await build(PARTS.filter(isStale))
}

async function build(parts) {
  if (parts.length === 0) return
  if (!existsSync(nodeModules)) fail('dependencies are missing: run `npm ci` first')
  process.stderr.write(`nads: building the ${parts.map((part) => part.name).join(', the ')} ...\n`)
  await Promise.all(parts.map(buildPart))
}

async function buildPart(part) {
  const dist = join(root, 'dist')
  mkdirSync(dist, { recursive: true })
  for (const file of readdirSync(dist).filter(part.clean)) rmSync(join(dist, file), { recursive: true, force: true })
  await run(part)
  writeFileSync(part.stamp, '')
}

function run(part) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, part.command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else fail(`building the ${part.name} failed\n${output}`)
    })
  })
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(PARTS)
