import type { SourceHealth } from '../../types/events.ts'
import type { Collector } from './collector.ts'

/** What did not arrive: dropped by the kernel, or missing in the exporters' numbering. */
export class Loss {
  #drops = 0
  #lost = 0
  #came = 0
  #share = 0
  #seconds = 0

  /** Once a second: `drops` is what the kernel dropped so far. */
  update(drops: number, { exporters }: Collector): void {
    const all = exporters.list()
    const lost = exporters.lostBefore + all.reduce((sum, exporter) => sum + Math.max(0, exporter.lost), 0)
    const came = exporters.datagrams
    const missing = drops - this.#drops + Math.max(0, lost - this.#lost)
    this.#share = missing > 0 ? missing / (missing + came - this.#came) : 0
    this.#seconds = missing > 0 ? this.#seconds + 1 : 0
    this.#drops = drops
    this.#lost = lost
    this.#came = came
  }

  problems(): Record<string, number> {
    return this.#drops > 0 ? { 'dropped-by-kernel': this.#drops } : {}
  }

  health(): Pick<SourceHealth, 'dropped' | 'loss'> {
    return {
      dropped: { kernel: this.#drops, exporter: this.#lost },
      loss: { share: this.#share, seconds: this.#seconds },
    }
  }
}
