import type { Detector, Said } from '../detectors/detector.ts'
import type { Feature } from '../features/feature.ts'
import type { Basis } from '../types/basis.ts'
import type { Verdict } from '../types/verdict.ts'
import { createVerdict, type Fusion } from '../verdict/fusion.ts'
import { observationOf } from './basis.ts'
import { Opinions } from './opinions.ts'

/** What comes of judging anew. */
export interface Recomputed {
  said: Record<string, Said>
  evidence: number
  verdict: Verdict
}

/**
 * Judges the flow of a stored verdict again, from what is stored alone: `detectors` need to have seen and learned nothing.
 * Those the basis does not name take no part.
 */
export function recompute(
  basis: Basis,
  { detectors, fusion, features }: { detectors: readonly Detector[]; fusion: Fusion; features: readonly Feature[] },
): Recomputed {
  const observation = observationOf(basis, features)
  const opinions = new Opinions(fusion)
  const said: Record<string, Said> = {}
  opinions.begin()
  for (const detector of detectors) {
    const stored = basis.detectors.find(({ name }) => name === detector.name)
    if (stored === undefined) continue
    const { score, p } = detector.recompute?.(observation, stored.basis) ?? stored
    said[detector.name] = { score, p }
    opinions.add(detector.kind, { score, p })
  }
  const verdict = createVerdict()
  const evidence = opinions.decide(verdict)
  return { said, evidence, verdict }
}

/** In what the two differ, by name; nothing when they agree to the last bit. */
export function differences(basis: Basis, { said, evidence, verdict }: Recomputed): string[] {
  const pairs: [name: string, then: unknown, now: unknown][] = [
    ...basis.detectors.flatMap(({ name, score, p }): [string, unknown, unknown][] => [
      [`${name} score`, score, said[name]?.score],
      [`${name} p`, p, said[name]?.p],
    ]),
    ['evidence', basis.evidence, evidence],
    ...Object.entries(basis.verdict).map(([key, then]): [string, unknown, unknown] => [
      key,
      then,
      verdict[key as keyof Verdict],
    ]),
  ]
  return pairs.filter(([, then, now]) => then !== now).map(([name, then, now]) => `${name} was ${then} and is ${now}`)
}
