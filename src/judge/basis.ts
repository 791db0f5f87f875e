import type { Feature } from '../features/feature.ts'
import { createHostContext } from '../hosts/context.ts'
import { createFlowRecord } from '../net/flow-record.ts'
import type { Basis } from '../types/basis.ts'
import { type HostContext, QUANTITIES } from '../types/host.ts'
import type { Observation } from '../types/observation.ts'

const UNKNOWN = createHostContext()
const KEYS = Object.keys(UNKNOWN) as (keyof HostContext)[]

/** A copy of an observation as plain JSON. */
export function basisOf(
  { flow, context, features: values }: Observation,
  features: readonly Feature[],
): Pick<Basis, 'flow' | 'context' | 'baselines' | 'features'> {
  const { address, label, ...record } = flow
  const { baseline } = context
  const known = KEYS.filter((key) => typeof context[key] !== 'object' && context[key] !== UNKNOWN[key])
  const measured = QUANTITIES.filter((quantity) => baseline.minutes(quantity) > 0)
  return {
    flow: { ...structuredClone(record), address: [...address] },
    context: Object.fromEntries(known.map((key) => [key, context[key] as number | string | boolean])),
    baselines: Object.fromEntries(
      measured.map((quantity) => [
        quantity,
        {
          minutes: baseline.minutes(quantity),
          age: baseline.age(quantity),
          p50: baseline.quantile(quantity, 0.5),
          p99: baseline.quantile(quantity, 0.99),
          tail: baseline.tail(quantity),
        },
      ]),
    ),
    features: Object.fromEntries(features.map(({ name }, i) => [name, values[i]!]).filter(([, value]) => value !== 0)),
  }
}

/** The observation it is a copy of, as far as detectors look at it. */
export function observationOf(basis: Basis, features: readonly Feature[]): Observation {
  const { baselines } = basis
  const { address, ...record } = basis.flow
  const context: HostContext = {
    ...createHostContext(),
    ...basis.context,
    baseline: {
      minutes: (quantity) => baselines[quantity]?.minutes ?? 0,
      age: (quantity) => baselines[quantity]?.age ?? 0,
      quantile: (quantity, q) => baselines[quantity]?.[q === 0.5 ? 'p50' : 'p99'] ?? 0,
      tail: (quantity) => baselines[quantity]?.tail ?? 1,
    },
  }
  const flow = { ...createFlowRecord(), ...structuredClone(record), address: Int32Array.from(address) }
  return { flow, context, features: Float64Array.from(features, ({ name }) => basis.features[name] ?? 0) }
}
