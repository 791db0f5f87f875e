import { SLOT } from './elements.ts'

/** Samplers remembered of one domain; more are not believed. */
const SAMPLERS_MAX = 256
/** A rate beyond this is nonsense. */
const RATE_MAX = 2 ** 24

/** The sampling rates an exporter announced in its options, for one observation domain. */
export class Sampling {
  readonly #bySampler = new Map<number, number>()
  #rate = 1

  /** Learns from an options record. */
  learn(numbers: Float64Array): void {
    const rate = rateIn(numbers)
    if (rate === 0) return
    const id = idIn(numbers)
    if (id !== 0 && (this.#bySampler.has(id) || this.#bySampler.size < SAMPLERS_MAX)) this.#bySampler.set(id, rate)
    // Records that name no sampler are of the only one there is.
    if (id === 0 || this.#bySampler.size === 1) this.#rate = rate
  }

  /** Packets each counted one of a record stands for; `named` when its template says which sampler it was. */
  rateOf(numbers: Float64Array, named: boolean): number {
    const own = rateIn(numbers)
    if (own !== 0) return own
    const id = idIn(numbers)
    if (!named) return this.#rate
    return id === 0 ? 1 : (this.#bySampler.get(id) ?? this.#rate)
  }
}

function idIn(numbers: Float64Array): number {
  return numbers[SLOT.samplerId]! || numbers[SLOT.selectorId]!
}

/** The rate told in a record, 0 when there is none. */
function rateIn(numbers: Float64Array): number {
  const interval = numbers[SLOT.samplingInterval]! || numbers[SLOT.samplerRandomInterval]!
  const rate = interval || systematic(numbers) || share(numbers)
  return rate >= 1 && rate <= RATE_MAX ? rate : 0
}

/** So many packets of as many and a space (RFC 5477, 8.2.2 and 8.2.3). */
function systematic(numbers: Float64Array): number {
  const interval = numbers[SLOT.samplingPacketInterval]!
  return interval === 0 ? 0 : (interval + numbers[SLOT.samplingPacketSpace]!) / interval
}

/** So many of a population (8.2.4), or a probability (8.2.5). */
function share(numbers: Float64Array): number {
  const size = numbers[SLOT.samplingSize]!
  if (size !== 0) return numbers[SLOT.samplingPopulation]! / size
  const probability = numbers[SLOT.samplingProbability]!
  return probability > 0 ? 1 / probability : 0
}
