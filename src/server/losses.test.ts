import { expect, it } from 'vitest'
import { isLoss, splitName } from './losses.ts'

it.each([
  ['decode.bad-checksum', true],
  ['flows.evicted', true],
  ['flows.summarised', true],
  ['flows.emergencies', true],
  ['flows.emergency', false],
  ['rules.groupsEvicted', true],
  ['rules.late', true],
  ['server.slow_client', true],
  ['rules.groups', false],
  ['rules.hits.port-scan', false],
  ['incidents.open', false],
])('%s is something lost: %s', (name, loss) => {
  expect(isLoss({ name, value: 1 })).toBe(loss)
})

it('splits at the first dot, and a name without one has no stage', () => {
  expect(splitName('rules.hits.x')).toEqual({ stage: 'rules', reason: 'hits.x' })
  expect(splitName('odd')).toEqual({ stage: '', reason: 'odd' })
})
