import { InputError } from '../../types/errors.ts'

/** What is going on in the simulated network. */
export interface Scenario {
  readonly description: string
  /** `household`: plausible devices; `uniform`: the original's numbers without a meaning. */
  readonly background: 'household' | 'uniform'
  /** `some`: now and then one, small; `all`: every variant of every family once, large enough for a test; `none`. */
  readonly campaigns: 'none' | 'some' | 'all'
  /** Whether the classic pack judges it unless told otherwise: in traffic as rich as a real network's every long download trips it. */
  readonly classicRules: boolean
}

/** What `--scenario` takes. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  home: {
    description: 'a household, now and then attacked',
    background: 'household',
    campaigns: 'some',
    classicRules: true,
  },
  quiet: {
    description: 'the same household, left in peace',
    background: 'household',
    campaigns: 'none',
    classicRules: false,
  },
  classic: {
    description: 'uniform random numbers, as the original made',
    background: 'uniform',
    campaigns: 'none',
    classicRules: true,
  },
  campaigns: {
    description: 'every family of attack in turn',
    background: 'household',
    campaigns: 'all',
    classicRules: false,
  },
}

/** The scenario of that name; throws an `InputError` listing what there is. */
export function scenarioOf(name: string): Scenario {
  const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
  if (scenario !== undefined) return scenario
  throw new InputError(`simulator.scenario: no scenario "${name}"; there are: ${Object.keys(SCENARIOS).join(', ')}`)
}
