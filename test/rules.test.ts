import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CODE_REFERENCES } from '../scripts/code-reference.ts'
import { thresholdsDocument } from '../scripts/thresholds-doc.ts'
import { createFields } from '../src/detectors/rules/fields.ts'
import { loadRules } from '../src/detectors/rules/load.ts'
import { parseRule, type Rule } from '../src/detectors/rules/rule.ts'
import { countMatches, type Observer, parseRuleTest } from '../src/detectors/rules/rule-test.ts'
import { createExtractor, createFeatureVector } from '../src/features/extract.ts'
import { FEATURES } from '../src/features/index.ts'
import { createHosts } from '../src/hosts/hosts.ts'

const root = resolve(import.meta.dirname, '../rules')
const packs = [root, resolve(root, 'classic')]
const fields = createFields(FEATURES)
const rules = loadRules(packs, fields)
const classic = new Set(loadRules([packs[1]!], fields).map(({ id }) => id))

/** Flows as the pipeline sees them: hosts known and learned, features drawn. */
function createObserver(): Observer {
  const hosts = createHosts({ seed: 1 })
  const extract = createExtractor()
  const features = createFeatureVector()
  return (flow) => {
    const context = hosts.observe(flow)
    hosts.learn(flow.address, context.bins, flow.last)
    const observation = { flow, context, features }
    extract(observation, features)
    return observation
  }
}

function casesOf(rule: Rule) {
  const file = rule.file.replace(/\.yaml$/, '.test.yaml')
  return parseRuleTest(readFileSync(file, 'utf8'), file)
}

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  it.each(casesOf(rule).map((one) => [one.fires ? 'fires' : 'silent', one.name, one] as const))(
    '%s: %s',
    (kind, _name, one) => {
      const matches = countMatches(rule, one.flows, createObserver())
      if (kind === 'fires') expect(matches).toBeGreaterThan(0)
      else expect(matches).toBe(0)
    },
  )

  it('its limits matter: raised a thousandfold it stays silent', () => {
    const raised = raise(rule)
    if (raised === null) return
    const fired = casesOf(rule).filter((one) => one.fires && countMatches(raised, one.flows, createObserver()) > 0)
    expect(fired.map(({ name }) => name)).toEqual([])
  })

  it('can be acted on', () => {
    expect(rule.attack.length).toBeGreaterThan(0)
    expect(rule.references.length).toBeGreaterThan(0)
    expect(rule.falsePositives.length).toBeGreaterThan(0)
    expect(rule.response.length).toBeGreaterThan(20)
    expect(readFileSync(rule.file, 'utf8')).toMatch(/^# Tunables: /)
  })
})

/** The rule with its limit, or its lower bounds where it has none, raised a thousandfold; null where it has neither. */
function raise(rule: Rule): Rule | null {
  const text = readFileSync(rule.file, 'utf8')
  const raised =
    rule.correlation === null
      ? text.replace(/(\|gte?: )(\d+)/g, (_, before, number) => `${before}${Number(number) * 1000}`)
      : text.replace(/(condition: \{ gte: )(\d+)/, (_, before, number) => `${before}${Number(number) * 1000}`)
  return raised === text ? null : parseRule(raised, rule.file, fields)
}

/** `name: ...` or `name?: ...`. */
const declares = (line: string, name: string): boolean => new RegExp(`^ *${name}[?]?:`).test(line)

describe.each(CODE_REFERENCES.map((reference) => [reference.name, reference] as const))(
  'found by code: %s',
  (_, one) => {
    const folder = resolve(root, '../src/detectors')

    it('can be acted on', () => {
      for (const { type, attack, response, title } of one.findings) {
        expect([type, attack.length > 0, (response ?? '').length > 20, (title ?? '').length > 0]).toEqual([
          type,
          true,
          true,
          true,
        ])
      }
      expect(one.references.length).toBeGreaterThan(0)
      expect(one.falsePositives.length).toBeGreaterThan(0)
    })

    it('says in a comment why each tunable is what it is, and has a test', () => {
      const said = readFileSync(resolve(folder, one.saidIn), 'utf8').split('\n')
      const names = Object.keys(one.tunables).filter((name) => said.some((line) => declares(line, name)))
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) {
        const at = said.findIndex((line) => declares(line, name))
        expect([name, said.slice(Math.max(0, at - 2), at + 4).some((line) => /\/\*\*|\*\//.test(line))]).toEqual([
          name,
          true,
        ])
      }
      expect(existsSync(resolve(folder, one.testedIn))).toBe(true)
    })
  },
)

it('every detector that is no rule has a reference', () => {
  const folders = readdirSync(resolve(root, '../src/detectors'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  const told = CODE_REFERENCES.flatMap(({ name }) => name.split(', '))
  // What Suricata found is described where it was written.
  expect(folders.map(({ name }) => name).filter((name) => !['rules', 'suricata'].includes(name))).toEqual(
    told.toSorted(),
  )
})

describe('the rules', () => {
  it('each have a test beside them, and no test is without its rule', () => {
    for (const pack of packs) {
      const names = readdirSync(pack).filter((name) => name.endsWith('.yaml'))
      const orphans = names.filter((name) => {
        const other = name.endsWith('.test.yaml')
          ? name.replace('.test.yaml', '.yaml')
          : name.replace('.yaml', '.test.yaml')
        return !existsSync(resolve(pack, other))
      })
      expect(orphans).toEqual([])
    }
  })

  it('state scores only in the classic pack', () => {
    const stated = rules.filter(({ file }) => /^score:/m.test(readFileSync(file, 'utf8')))
    expect(stated.map(({ id }) => id)).toEqual([...classic])
    expect(classic.size).toBe(5)
  })

  it('are what docs/thresholds.md says; npx tsx scripts/thresholds-doc.ts writes it', () => {
    expect(readFileSync(resolve(root, '../docs/thresholds.md'), 'utf8')).toBe(thresholdsDocument())
  })

  it('a weak one alone is no anomaly, a middling one is', () => {
    const mark = 0.7
    for (const { level, score, id } of rules.filter((rule) => !classic.has(rule.id))) {
      expect([id, score > mark]).toEqual([id, !['informational', 'low'].includes(level)])
    }
  })
})
