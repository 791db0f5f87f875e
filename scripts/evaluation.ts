/**
 * Writes docs/evaluation.md by running the project's own commands:
 * `npm run evaluation -- DATE [SECTION...]`. Data are looked for in NADS_DATA; a section without its data is left as it was.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const data = resolve(process.env.NADS_DATA ?? join(root, '../shared/data'))
const scratch = mkdtempSync(join(tmpdir(), 'nads-evaluation-'))
const target = join(root, 'docs/evaluation.md')

/** One part of the document, run alone by its name. */
interface Section {
  name: string
  title: string
  /** What anybody runs to see the same. */
  command: string
  /** Markdown; null where the data is missing. */
  write(): string | null
}

interface Incidents {
  incidents: { type: string; title: string; method: string; severity: string; sources: string[]; targets: string[] }[]
}

/** Households the campaigns are staged in. */
const SEEDS = ['1', '2', '3']
/** Benchmarks of what a flow costs and what is held. */
const COST = ['hosts', 'state', 'rules', 'models', 'flow', 'whole']

const sections: Section[] = [
  {
    name: 'mix',
    title: 'Two hours of mixed real captures, 25 labelled attacks',
    command: 'npx nads evaluate dev.pcap --truth dev.gt.json.xz',
    write: mix,
  },
  {
    name: 'attacks',
    title: 'Single captures, cold start',
    command: 'for f in attacks/*.pcap*; do npx nads read "$f"; done',
    write: attacks,
  },
  { name: 'flows', title: 'Labelled logs of flows', command: 'npx nads read FILE', write: flowLogs },
  {
    name: 'tables',
    title: 'Labelled tables, the models alone',
    command: 'npx nads evaluate --table FILE --label COLUMN',
    write: tables,
  },
  tested(
    'explanation',
    'Reasons name what was altered',
    'test/explanation',
    /explanation, .*|.*It would not have alerted.*/,
  ),
  tested('learning', 'Poisoning, drift, calibration', 'test/learning', /^(calibration|flood|recall|drift).*/),
  tested('classic', 'Classic mode and scikit-learn', 'test/tabular', /^.*ROC-AUC.*|^shares.*/),
  {
    name: 'selftest',
    title: 'Simulated campaigns',
    command: 'npx nads selftest --seed N',
    write: () => SEEDS.map((seed) => fence(nads(['selftest', '--seed', seed]))).join('\n\n'),
  },
  {
    name: 'cost',
    title: 'Cost',
    command: `npm run bench -- ${COST.join(' ')}`,
    write: () => fence(execFileSync('npx', ['tsx', 'bench/run.ts', ...COST], { cwd: root, encoding: 'utf8' })),
  },
]

function tested(name: string, title: string, files: string, lines: RegExp): Section {
  const write = (): string => {
    const said = execFileSync('npx', ['vitest', 'run', files], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NADS_DATA: data, NO_COLOR: '1' },
    })
    return fence(
      said
        .split('\n')
        .filter((line) => lines.test(line))
        .join('\n'),
    )
  }
  return { name, title, command: `npm test -- ${files}`, write }
}

function mix(): string | null {
  const [capture, truth] = [found('mix/dev.pcap.xz'), found('mix/dev.gt.json.xz')]
  return capture === null || truth === null ? null : fence(nads(['evaluate', unpacked(capture), '--truth', truth]))
}

function attacks(): string | null {
  const folder = found('attacks')
  if (folder === null) return null
  const rows = readdirSync(folder)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => {
      const { incidents } = read(join(folder, name))
      const byRules = incidents.filter(({ method }) => method !== 'ML').map(({ type }) => type)
      return `| \`${name}\` | ${[...new Set(byRules)].join(', ') || 'none'} | ${incidents.length} | ${incidents.map(({ title }) => title).join('; ')} |`
    })
  return ['| Capture | Rules had a part in | Incidents | All of them |', '|---|---|---|---|', ...rows].join('\n')
}

/** Logs, and the infected host of each; none where all is benign. */
const LOGS: readonly [file: string, infected: string | null][] = [
  ['flows/ctu/CTU-Normal-7-2013-13-07.binetflow.xz', null],
  ['flows/ctu/test5.binetflow.xz', '10.0.2.15'],
  ['flows/iot23/dataset_train1.csv.xz', '192.168.1.195'],
  ['flows/iot23/dataset_20220209_233853.csv.xz', '192.168.1.195'],
]

function flowLogs(): string | null {
  const rows = LOGS.flatMap(([file, infected]) => {
    const path = found(file)
    if (path === null) return []
    const { incidents } = read(unpacked(path))
    const ofHost = incidents.filter(({ sources, targets }) => [...sources, ...targets].includes(infected ?? ''))
    const titles = incidents.slice(0, 5).map(({ title }) => title)
    return [
      `| \`${basename(file)}\` | ${infected ?? 'none'} | ${ofHost.length} | ${incidents.length} | ${titles.join('; ')} |`,
    ]
  })
  const head = ['| Log | Infected | Incidents of it | All incidents | The first of them |', '|---|---|---|---|---|']
  return rows.length === 0 ? null : [...head, ...rows].join('\n')
}

function tables(): string | null {
  const sets: [file: string, ...options: string[]][] = [
    ['tabular/34_smtp.npz'],
    ['tabular/23_mammography.npz'],
    ['tabular/2_annthyroid.npz'],
    ['tabular/38_thyroid.npz'],
    ['flows/nsl-kdd/KDDTrain+_full.csv.xz', '--label', 'Class', '--fit', 'benign', '--drop', 'Difficulty.Level'],
    [
      'flows/unsw-nb15/sample_train10.csv.xz',
      '--label',
      'label',
      '--fit',
      'benign',
      '--drop',
      'sttl',
      'dttl',
      'ct_state_ttl',
    ],
  ]
  const said = sets.flatMap(([file, ...options]) => {
    const path = found(file)
    return path === null ? [] : [nads(['evaluate', '--table', path, ...options])]
  })
  return said.length === 0 ? null : fence(said.join('\n'))
}

function read(file: string): Incidents {
  return JSON.parse(nads(['read', file, '--format', 'json'])) as Incidents
}

function nads(args: string[]): string {
  const bin = join(root, 'bin/nads.js')
  try {
    return execFileSync(process.execPath, [bin, ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (stdout) return stdout
    throw error
  }
}

function found(name: string): string | null {
  const path = join(data, name)
  return existsSync(path) ? path : null
}

function unpacked(path: string): string {
  const file = join(scratch, basename(path, '.xz'))
  if (!existsSync(file)) execFileSync('xz', ['-dc', path], { stdio: ['ignore', openSync(file, 'w'), 'inherit'] })
  return file
}

function fence(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``
}

/** The parts of the document as it is, by title. */
function partsOf(text: string): Map<string, string> {
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), `## ${part.trimEnd()}\n`]),
  )
}

const [date, ...names] = process.argv.slice(2)
if (date === undefined || !/^\d{4}-\d\d-\d\d$/.test(date))
  throw new Error('usage: npm run evaluation -- YYYY-MM-DD [SECTION...]')
const parts = partsOf(readFileSync(target, 'utf8'))
for (const { name, title, command, write } of sections) {
  if (names.length > 0 && !names.includes(name)) continue
  const body = write()
  if (body !== null) parts.set(title, `## ${title}\n\nOn ${date}; again by \`${command}\`.\n\n${body}\n`)
}
writeFileSync(
  target,
  `# Evaluation

What \`nads\` found on labelled traffic that its authors did not make. Written by \`npm run evaluation -- DATE [SECTION...]\`
(sections: ${sections.map(({ name }) => name).join(', ')}), which runs the project's own
commands on the data set in the folder \`NADS_DATA\` points to; \`xz -dc\` unpacks what ends in \`.xz\`.

An attack is found by an incident that overlaps its time, names its attacker or victim, and is raised before it ends or at most
30 s later.

${[...parts.values()].join('\n')}`,
)
rmSync(scratch, { recursive: true })
