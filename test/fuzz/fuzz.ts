import { Coverage } from './coverage.ts'
import { createDice, mutate } from './mutate.ts'

/** Inputs run before it is seen whether one of them reached something new. */
const BATCH = 256
/** Bytes of the longest input. */
const LENGTH_MAX = 4096

export interface FuzzReport {
  inputs: number
  /** Characters of `src` that ran. */
  covered: number
  /** Inputs that reached something no other had. */
  found: Uint8Array[]
  /** What threw, and the input; null when nothing did. */
  crash: { input: Uint8Array; error: unknown } | null
}

/** Those of `inputs`, the shortest first, that reach something neither `samples` nor the ones before them do. */
export function minimal(
  target: (bytes: Uint8Array) => void,
  samples: readonly Uint8Array[],
  inputs: readonly Uint8Array[],
): Uint8Array[] {
  const coverage = new Coverage()
  for (const sample of samples) target(Uint8Array.from(sample))
  coverage.take()
  const kept = [...inputs]
    .sort((a, b) => a.length - b.length || Buffer.compare(a, b))
    .filter((input) => {
      target(Uint8Array.from(input))
      return coverage.take() > 0
    })
  coverage.close()
  return kept
}

/** Runs `target` on changed copies of `samples`, and of what reached something new, for as long as `goesOn` says. */
export function fuzz(
  target: (bytes: Uint8Array) => void,
  samples: readonly Uint8Array[],
  seed: number,
  goesOn: () => boolean,
): FuzzReport {
  const coverage = new Coverage()
  const dice = createDice(seed)
  const corpus = [...samples]
  const report: FuzzReport = { inputs: 0, covered: 0, found: [], crash: null }
  const buffer = new Uint8Array(LENGTH_MAX)

  const survives = (input: Uint8Array): boolean => {
    report.inputs++
    try {
      target(Uint8Array.from(input))
      return true
    } catch (error) {
      report.crash = { input, error }
      return false
    }
  }
  /** One by one, to learn which of them it was. */
  const keepNew = (inputs: readonly Uint8Array[]): void => {
    for (const input of inputs) {
      if (!survives(input)) return
      if (coverage.take() === 0) continue
      corpus.push(input)
      report.found.push(input)
    }
  }

  if (corpus.every(survives)) coverage.take()
  while (report.crash === null && goesOn()) {
    const inputs = Array.from({ length: BATCH }, () => buffer.slice(0, mutate(corpus, buffer, dice)))
    if (!inputs.every(survives)) break
    if (coverage.take(true) > 0) keepNew(inputs)
  }
  report.covered = coverage.covered
  coverage.close()
  return report
}
