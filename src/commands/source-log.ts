import type { Logger } from 'pino'
import type { SourceStats } from '../types/events.ts'
import type { FeedEvent } from '../types/feed.ts'

/** From this share lost, for so many seconds, a source is called blind. */
export const BLIND = { share: 0.01, seconds: 10 }

/** Whether so much is being lost that what is seen no longer tells what goes on. */
export function isBlind({ loss }: Pick<SourceStats, 'loss'>): boolean {
  return loss.share > BLIND.share && loss.seconds >= BLIND.seconds
}

/** Writes to the log what becomes of sources: that one is lost or back, and how blind it is or was. */
export function createSourceLog(log: Logger): (event: FeedEvent) => void {
  const before = new Map<string, SourceStats>()
  const warned = new Set<string>()

  const compare = (source: SourceStats, last: SourceStats | undefined): void => {
    const { name, state, detail, dropped, loss } = source
    if (last !== undefined && state !== last.state) {
      if (state === 'retrying' || state === 'failed') log.warn({ source: name, why: detail }, `source is ${state}`)
      else log.info({ source: name, gaps: source.gapCount }, `source is ${state}`)
    }
    if (isBlind(source) && !warned.has(name)) {
      warned.add(name)
      log.warn({ source: name, dropped }, `sensor blind: ${blind(loss)}`)
    }
    if (last !== undefined && last.loss.seconds > 0 && loss.seconds === 0) {
      warned.delete(name)
      log.warn({ source: name, dropped }, `was ${blind(last.loss)}`)
    }
  }

  return (event) => {
    if (event.kind !== 'tick') return
    for (const source of event.stats.sources) {
      compare(source, before.get(source.name))
      before.set(source.name, source)
    }
  }
}

/** `blind 3 % for 12 s`. */
function blind({ share, seconds }: SourceStats['loss']): string {
  const percent = share * 100
  return `blind ${percent < 1 ? '< 1' : Math.round(percent)} % for ${Math.round(seconds)} s`
}
