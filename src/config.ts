import { readFileSync } from 'node:fs'
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { outputSchema, outputSettingsOf } from './notify/index.ts'
import { settingsOf, sourceSchema } from './sources/index.ts'
import { SIMULATOR_SETTINGS } from './sources/simulator/kind.ts'
import { InputError } from './types/errors.ts'

const seconds = z.number().positive().max(86_400)
/** A list; one name alone is a list of one. */
const names = z.union([z.array(z.string()), z.string().transform((name) => [name])])

function nameOnce(entries: readonly { name: string }[], context: z.RefinementCtx, what: string): void {
  for (const [at, { name }] of entries.entries()) {
    if (entries.findIndex((other) => other.name === name) === at) continue
    context.addIssue({ code: 'custom', path: [at, 'name'], message: `"${name}" is the name of another ${what}` })
  }
}

/** Every setting there is. The schema is the documentation: names, ranges and defaults are nowhere else. */
export const configSchema = z.strictObject({
  /** Every random choice follows from it: the same input and seed give the same output. */
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  /** Folder where what was learned is kept and taken up again. Unset: every run begins anew. */
  dataDir: z.string().min(1).optional(),
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(8080),
    })
    .prefault({}),
  /** What is watched, any number of inputs at once. Empty: made-up traffic. */
  sources: z
    .array(sourceSchema)
    .max(256)
    .default([])
    .superRefine((sources, context) => nameOnce(sources, context, 'source')),
  /** The made-up traffic that is shown when there are no sources. */
  simulator: z.strictObject(SIMULATOR_SETTINGS).prefault({}),
  flows: z
    .strictObject({
      /** Flows held at once; at the cap the least useful one is ended early and counted. */
      cap: z.number().int().min(16).max(8_388_608).default(262_144),
      idleTcp: seconds.default(60),
      idleOther: seconds.default(15),
      halfOpen: seconds.default(10),
      active: seconds.max(3_600).default(60),
      /** The same for a flow's first slice, so that no verdict waits a minute for a connection that lasts. */
      firstSlice: seconds.max(3_600).default(10),
    })
    .prefault({}),
  hosts: z
    .strictObject({
      /** CIDR blocks that are ours. Unset: private and link-local ones, and what the traffic shows. */
      localNetworks: names.default([]),
      /** Addresses or CIDR blocks of scanners of your own, which may scan. */
      scanners: names.default([]),
      /** Hosts and pairs of hosts remembered at once; the least recently seen give way. */
      maxHosts: z.number().int().min(256).max(1_048_576).default(65_536),
      maxPairs: z.number().int().min(256).max(4_194_304).default(65_536),
    })
    .prefault({}),
  detection: z
    .strictObject({
      fusion: z.enum(['calibrated', 'classic']).default('calibrated'),
      /** Flows the model learns from before it judges. */
      warmup: z.number().int().min(8).max(100_000).default(20),
      /** Incidents a day the model alone may raise about traffic that is normal. */
      alertsPerDay: z.number().positive().max(100_000).default(5),
      /** Flows wait so long, in seconds, before they are learned from, or a quarter of the time watched where that is less. */
      learningDelay: z.number().min(0).max(86_400).default(900),
    })
    .prefault({}),
  rules: z
    .strictObject({
      /** Folders of rules of your own, read after the ones that come with the program. */
      folders: names.default([]),
      /** Ids of rules that must not run. */
      disabled: names.default([]),
      /** The five original thresholds. Unset: on for the simulator, off for real traffic. */
      classic: z.boolean().optional(),
    })
    .prefault({}),
  incidents: z
    .strictObject({
      /** Seconds of silence after which an incident is over. */
      quiet: seconds.default(1_800),
      cap: z.number().int().min(1).max(1_000_000).default(4_096),
      history: z.number().int().min(1).max(1_000_000).default(10_000),
    })
    .prefault({}),
  history: z
    .strictObject({
      /** Days flows are kept, and incidents with all else. */
      flowDays: z.number().positive().max(3_650).default(30),
      incidentDays: z.number().positive().max(3_650).default(365),
      /** Flows, and gigabytes on disk, above which the oldest flows go. Without a data folder: at most 200,000 flows. */
      maxFlows: z.number().int().min(1_000).max(1_000_000_000).default(50_000_000),
      maxGigabytes: z.number().min(0.05).max(100_000).default(10),
    })
    .prefault({}),
  /** What people may bring on the page Captures. */
  captures: z
    .strictObject({
      maxMegabytes: z.number().min(1).max(1_000_000).default(512),
      /** Captures kept at once: beyond it one must be deleted before another is taken. */
      kept: z.number().int().min(1).max(1_000).default(20),
    })
    .prefault({}),
  /** Where incidents are told of, beside the page. Empty: nowhere, and nothing is ever sent. */
  outputs: z
    .array(outputSchema)
    .max(16)
    .default([])
    .superRefine((outputs, context) => nameOnce(outputs, context, 'output')),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type Config = z.infer<typeof configSchema>

/** Settings from outside the file, as dotted paths: `server.port`. They win over the file. */
export type Overrides = Record<string, unknown>

/**
 * Defaults, then the YAML file, then `NADS_*` variables, then the command line. Throws an `InputError` that names file, line,
 * setting and what is allowed.
 */
export function loadConfig(file: string | undefined, env: NodeJS.ProcessEnv, overrides: Overrides = {}): Config {
  const document = file === undefined ? null : readYaml(file)
  const raw = document?.value ?? {}
  const origin = new Map<string, string>()
  for (const [path, { name, value }] of fromEnvironment(env)) {
    setPath(raw, path, value)
    origin.set(path, name)
  }
  for (const [path, value] of Object.entries(overrides)) {
    if (value === undefined) continue
    setPath(raw, path, value)
    origin.set(path, 'command line')
  }
  const result = configSchema.safeParse(raw)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const path = issue.path.join('.')
  const key = issue.code === 'unrecognized_keys' ? [path, issue.keys[0]].filter(Boolean).join('.') : path
  const where = origin.get(key) ?? (document === null ? 'settings' : `${file}:${document.line(key.split('.'))}`)
  throw new InputError(`${where}: ${explain(issue, key, raw)}`)
}

/** `server.port` is what `NADS_SERVER_PORT` sets. */
function fromEnvironment(env: NodeJS.ProcessEnv): Map<string, { name: string; value: unknown }> {
  const known = new Map(paths(configSchema).map((path) => [`NADS_${snake(path)}`, path]))
  const found = new Map<string, { name: string; value: unknown }>()
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('NADS_') || text === undefined || RESERVED.has(name)) continue
    const path = known.get(name)
    if (path === undefined) throw new InputError(`${name}: no such setting; known: ${[...known.keys()].join(', ')}`)
    found.set(path, { name, value: parseScalar(text) })
  }
  return found
}

/** Variables that are not settings of the program. */
const RESERVED = new Set(['NADS_DATA', 'NADS_FAULT'])

function parseScalar(text: string): unknown {
  if (text.includes(',')) return text.split(',').map((part) => part.trim())
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

function snake(path: string): string {
  return path
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('.', '_')
    .toUpperCase()
}

function paths(schema: z.ZodType, prefix = ''): string[] {
  const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema
  if (!(inner instanceof z.ZodObject)) return [prefix]
  return Object.entries(inner.shape).flatMap(([key, value]) =>
    paths(value as z.ZodType, prefix === '' ? key : `${prefix}.${key}`),
  )
}

function explain(issue: z.core.$ZodIssue, key: string, raw: Record<string, unknown>): string {
  if (issue.code !== 'unrecognized_keys') return `${key}: ${issue.message}`
  return `${key}: no such setting; known here: ${siblingsOf(key, raw).join(', ')}`
}

function siblingsOf(key: string, raw: Record<string, unknown>): string[] {
  const [list, at] = key.split('.')
  if (list === 'outputs') return outputSettingsOf((raw.outputs as { kind: unknown }[])[Number(at)]!.kind)
  if (list === 'sources') return settingsOf((raw.sources as { kind: unknown }[])[Number(at)]!.kind)
  const parent = key.split('.').slice(0, -1).join('.')
  const siblings = paths(configSchema)
    .filter((path) => parent === '' || path.startsWith(`${parent}.`))
    .map((path) => path.slice(parent === '' ? 0 : parent.length + 1).split('.')[0])
  return [...new Set(siblings)] as string[]
}

function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop()!
  let node = target
  for (const key of keys) {
    const next = node[key]
    node[key] = typeof next === 'object' && next !== null ? next : {}
    node = node[key] as Record<string, unknown>
  }
  node[last] = value
}

function readYaml(file: string): { value: Record<string, unknown>; line(path: string[]): number } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken !== undefined) throw new InputError(`${file}: ${broken.message.split('\n')[0]}`)
  const value: unknown = document.toJS() ?? {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${file}: must be settings such as "server: { port: 8080 }"`)
  }
  const line = (path: string[]): number => {
    let node: unknown = document.contents
    let offset = 0
    for (const key of path) {
      const next = entryOf(node, key)
      if (next === undefined) break
      if (isNode(next.key)) offset = next.key.range?.[0] ?? offset
      node = next.value
    }
    return lines.linePos(offset).line
  }
  return { value: value as Record<string, unknown>, line }
}

/** What stands under `key` in a map, or at that place in a list. */
function entryOf(node: unknown, key: string): { key: unknown; value: unknown } | undefined {
  if (isMap(node)) return node.items.find((item) => isScalar(item.key) && item.key.value === key)
  const item = isSeq(node) ? node.items[Number(key)] : undefined
  return item === undefined ? undefined : { key: item, value: item }
}
