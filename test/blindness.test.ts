import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isBlind } from '../src/detectors/rules/blind.ts'
import { createFields } from '../src/detectors/rules/fields.ts'
import { loadRules } from '../src/detectors/rules/load.ts'
import type { Rule } from '../src/detectors/rules/rule.ts'
import { countMatches, type Observer, parseRuleTest } from '../src/detectors/rules/rule-test.ts'
import { createBlindness } from '../src/engine/blindness.ts'
import { createExtractor, createFeatureVector } from '../src/features/extract.ts'
import { FEATURES } from '../src/features/index.ts'
import { createHosts } from '../src/hosts/hosts.ts'
import { copyFlowRecord, createFlowRecord, PROTOCOL } from '../src/net/flow-record.ts'
import { serviceOf } from '../src/net/services.ts'
import { LACKS } from '../src/sources/index.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import type { Sight } from '../src/types/sight.ts'

const rules = loadRules([resolve(import.meta.dirname, '../rules')], createFields(FEATURES))
const CONTENT: readonly Sight[] = ['dns', 'tls', 'http', 'ssh', 'dhcp', 'modbus', 'tftp', 'service']
const INPUTS: readonly (readonly [string, readonly Sight[]])[] = [
  ['without names and ARP', [...CONTENT, 'packet-gaps', 'packet-lengths', 'flag-counts', 'slices', 'arp', 'mac']],
  ['with ARP and HTTP, without MAC', [...CONTENT.filter((sight) => sight !== 'http'), 'mac']],
]

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

/** What is left of a flow in an input without all that; null when nothing is. */
function strip(flow: FlowRecord, lacks: ReadonlySet<Sight>): FlowRecord | null {
  if (lacks.has('arp') && flow.protocol === PROTOCOL.arp) return null
  const left = copyFlowRecord(flow, createFlowRecord())
  if (lacks.has('slices')) {
    left.slice = 0
    left.first = left.opened
  }
  const kept = Object.entries(flow.names ?? {}).filter(
    ([key]) => !CONTENT.some((s) => lacks.has(s) && key.startsWith(s)),
  )
  left.names = kept.length === 0 ? null : Object.fromEntries(kept)
  if (lacks.has('service')) left.service = serviceOf(flow.protocol, flow.dstPort)
  if (lacks.has('mac')) left.srcMac = left.dstMac = 0
  for (const direction of [left.forward, left.reverse]) {
    if (lacks.has('packet-gaps')) direction.gapMin = direction.gapMax = direction.gapMean = direction.gapDeviation = 0
    if (lacks.has('flag-counts')) direction.psh = direction.urg = direction.ece = direction.cwr = 0
    if (!lacks.has('packet-lengths')) continue
    direction.lengthMin = direction.lengthMax = direction.lengthMean
    direction.lengthDeviation = 0
  }
  return left
}

/** True when the rule still finds any of its own examples. */
function finds(rule: Rule, lacks: ReadonlySet<Sight>): boolean {
  const file = rule.file.replace(/\.yaml$/, '.test.yaml')
  const cases = parseRuleTest(readFileSync(file, 'utf8'), file).filter(({ fires }) => fires)
  return cases.some(({ flows }) => {
    const left = flows.map((flow) => strip(flow, lacks)).filter((flow) => flow !== null)
    return countMatches(rule, left, createObserver()) > 0
  })
}

describe.each(INPUTS)('an input %s', (_, sights) => {
  const lacks = new Set(sights)

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s is called blind just where it finds nothing',
    (_id, rule) => {
      expect(finds(rule, lacks)).toBe(!isBlind(rule, lacks))
    },
  )
})

describe('blindness', () => {
  it('is told of sources that lack something, once for all that lack the same', () => {
    const lacking = (name: string, ...sights: Sight[]) => ({ name, lacks: () => sights })
    const tell = createBlindness((lacks) => ({ to: lacks.has('arp') ? ['ARP sweep'] : [], features: ['psh_share'] }))
    const sources = [
      lacking('a.pcap'),
      lacking('b', 'arp'),
      lacking('c', 'dns'),
      lacking('d', 'arp'),
      lacking('b', 'arp'),
    ]
    expect(tell(sources)).toEqual([
      { sources: ['b', 'd'], lacks: ['arp'], to: ['ARP sweep'], features: ['psh_share'] },
      { sources: ['c'], lacks: ['dns'], to: [], features: ['psh_share'] },
    ])
  })

  it('no kind of capture has any', () => {
    expect([LACKS.get('pcap'), LACKS.get('simulator')]).toEqual([[], []])
    expect(rules.filter((rule) => isBlind(rule, new Set()))).toEqual([])
  })
})
