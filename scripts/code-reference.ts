import * as beacon from '../src/detectors/beacon/detector.ts'
import { BEACON } from '../src/detectors/beacon/tunables.ts'
import { WINDOW } from '../src/detectors/ecod/detector.ts'
import * as newcomer from '../src/detectors/newcomer/detector.ts'
import { NEWCOMER } from '../src/detectors/newcomer/tunables.ts'
import type { Finding } from '../src/types/verdict.ts'

/** What is to be known of something that is found by code and not by a rule: the same as a rule's file says. */
export interface CodeReference {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Each thing it can tell of, as it does. Models name nothing. */
  readonly findings: readonly Finding[]
  /** What may be turned, by name, where it is said with its reasons, and what tests it: files below `src/detectors`. */
  readonly tunables: object
  readonly saidIn: string
  readonly testedIn: string
  readonly falsePositives: readonly string[]
  readonly references: readonly string[]
}

/** Every detector that is not written in YAML, in the order of the list. */
export const CODE_REFERENCES: readonly CodeReference[] = [
  {
    name: 'beacon',
    title: 'Regular calls to one outside address',
    description:
      'A program calls home: connections of one host to one service outside, evenly spaced and alike in size (RITA’s four parts).',
    findings: [beacon.FINDING],
    tunables: BEACON,
    saidIn: 'beacon/tunables.ts',
    testedIn: 'beacon/detector.test.ts',
    falsePositives: [
      'An agent, a weather station or a git client that asks its server by the clock; name it as expected once',
      'A page left open that asks for news',
    ],
    references: ['https://attack.mitre.org/techniques/T1071/', 'https://github.com/activecm/rita'],
  },
  {
    name: 'newcomer',
    title: 'New devices and rare destinations',
    description:
      'A device that was never here before, and a host outside that nobody here knows, met by one that seldom meets anybody.',
    findings: newcomer.FINDINGS,
    tunables: NEWCOMER,
    saidIn: 'newcomer/tunables.ts',
    testedIn: 'newcomer/detector.test.ts',
    falsePositives: [
      'A guest, a new telephone, or an old one with a new random address',
      'A device that gets another server from its maker',
    ],
    references: ['https://attack.mitre.org/techniques/T1200/', 'https://attack.mitre.org/techniques/T1571/'],
  },
  {
    name: 'isolation-forest, ecod',
    title: 'Flows unlike all that is usual here',
    description:
      'Two models learn what is usual of every feature, and what goes together. A flow alone is only marked; evidence that adds up against a host, within a number of alerts a day, is an Unclassified anomaly.',
    findings: [],
    tunables: { warmup: 20, trees: 100, window: WINDOW },
    saidIn: 'isolation-forest/detector.ts',
    testedIn: 'isolation-forest/detector.test.ts',
    falsePositives: ['Whatever was not there while the models learned: a first backup, a new game, an Internet outage'],
    references: ['https://doi.org/10.1109/ICDM.2008.17', 'https://arxiv.org/abs/2201.00382'],
  },
]
