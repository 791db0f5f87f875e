// `npm test`: installs what tests need beyond npm where it may, then types, lint, build and every test.
// `npm test -- PATTERN` runs only the matching test files. With CI=true nothing may be missing and nothing skipped.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (name) => join(root, 'node_modules', '.bin', name)
const ci = process.env.CI === 'true'
const patterns = process.argv.slice(2)

/** Programs that tests run, with the Debian package that has each and what is skipped without it. */
const TOOLS = [
  { program: 'chromium', package: 'chromium', for: 'browser tests' },
  { program: 'tshark', package: 'tshark', for: 'comparison with tshark' },
  { program: 'capinfos', package: 'wireshark-common', for: 'comparison with capinfos' },
  { program: 'softflowd', package: 'softflowd', for: 'comparison with a flow exporter' },
  { program: 'nfdump', package: 'nfdump', for: 'comparison with a flow collector' },
  { program: 'argus', package: 'argus-server', for: 'comparison with a flow meter' },
  { program: 'ra', package: 'argus-client', for: 'comparison with a flow meter' },
  { program: 'ip', package: 'iproute2', for: 'tests of live capture' },
  { program: 'dumpcap', package: 'wireshark-common', for: 'tests of live capture' },
  { program: 'tcpdump', package: 'tcpdump', for: 'tests of live capture' },
  { program: 'tcpreplay', package: 'tcpreplay', for: 'tests of live capture' },
  { program: 'xz', package: 'xz-utils', for: 'tests on compressed data sets' },
]

function onPath(program) {
  return process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)))
}

function installTools() {
  const missing = TOOLS.filter((tool) => !onPath(tool.program))
  if (missing.length === 0) return
  const debianRoot = process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get')
  if (debianRoot) {
    const packages = missing.map((tool) => tool.package)
    process.stdout.write(`installing ${packages.join(', ')} ...\n`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'ignore', env })
  }
  for (const tool of TOOLS.filter(({ program }) => !onPath(program))) {
    process.stdout.write(`skipped: ${tool.for}: ${tool.program} is missing (Debian package ${tool.package})\n`)
    if (ci) process.exit(1)
  }
}

function step(name, command, args) {
  process.stdout.write(`\n--- ${name}\n`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    process.stdout.write(`\n${name} failed\n0 passed, 1 failed\n`)
    process.exit(1)
  }
}

/** Live capture is only tested where network namespaces can be made, which takes root and a kernel that lets it. */
function excluded() {
  const probe = `nads-probe-${process.pid}`
  const { status } = spawnSync('ip', ['netns', 'add', probe], { stdio: 'ignore' })
  if (status === 0) {
    spawnSync('ip', ['netns', 'del', probe])
    return []
  }
  process.stdout.write('skipped: tests of live capture: network namespaces cannot be made here (they need root)\n')
  return ['--exclude', 'test/live/**']
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'nads-test-'))
  const file = join(folder, 'results.json')
  const args = ['run', ...excluded(), '--reporter=default', '--reporter=json', `--outputFile=${file}`, ...patterns]
  const { status } = spawnSync(bin('vitest'), args, { cwd: root, stdio: 'inherit' })
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
  rmSync(folder, { recursive: true })
  const passed = results?.numPassedTests ?? 0
  const failed = results?.numFailedTests ?? 1
  const skipped = results?.numPendingTests ?? 0
  if (ci && skipped > 0) process.stdout.write(`${skipped} tests were skipped, which CI=true does not allow\n`)
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  process.exit(status !== 0 || failed > 0 || (ci && skipped > 0) || passed === 0 ? 1 : 0)
}

installTools()
if (patterns.length === 0) {
  step('types', bin('tsc'), ['-p', 'tsconfig.json', '--noEmit'])
  step('types of the page', bin('svelte-check'), ['--tsconfig', 'dashboard/tsconfig.json', '--fail-on-warnings'])
  step('lint', bin('biome'), ['check', '--error-on-warnings', '.'])
}
step('build', process.execPath, ['scripts/build.mjs'])
runTests()
