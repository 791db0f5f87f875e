import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Captures } from '../../server/api/captures.ts'
import { openDuckdb } from '../../store/duckdb/store.ts'
import type { Store } from '../../store/store.ts'
import type { CaptureView } from '../../types/api.ts'
import type { Clock } from '../../types/clock.ts'
import { type Judging, judge } from './judge.ts'
import { newId, openShelf, refusal, type Shelf } from './shelf.ts'

/** Histories of captures open at once. */
const OPEN = 2
/** Captures on their way in at once. */
const ARRIVING = 2

export interface RunningCaptures extends Captures {
  close(): Promise<void>
}

/**
 * Captures in the data folder, or until the end of the program in a folder for what is temporary. They are judged one after
 * the other, in a thread and with a history of their own; the packets are deleted once they are judged.
 */
export function openCaptures(config: Config, log: Logger, clock: Clock): RunningCaptures {
  const temporary = config.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'nads-captures-')) : null
  const shelf = openShelf(temporary ?? join(config.dataDir!, 'captures'))
  const maxBytes = config.captures.maxMegabytes * 1e6
  const known = new Map(shelf.all().map((one) => [one.id, one]))
  const histories = createHistories(shelf, log)
  let arriving = 0
  let current: { capture: CaptureView; judging: Judging } | null = null
  let closed = false

  const next = async (): Promise<void> => {
    const capture = [...known.values()].find(({ state }) => state === 'waiting')
    if (current !== null || closed || capture === undefined) return
    Object.assign(capture, { state: 'judging', progress: 0 })
    clean(shelf, capture.id)
    const judging = judge(config, shelf.folder(capture.id), shelf.content(capture.id), log, clock, (share) => {
      capture.progress = share
    })
    current = { capture, judging }
    const outcome = await judging.ended
    if (known.has(capture.id) && !closed) {
      const problem = outcome.problem?.replaceAll(shelf.content(capture.id), capture.name) ?? null
      Object.assign(capture, {
        state: problem === null ? 'done' : 'failed',
        progress: 1,
        problem,
        result: outcome.result,
      })
      rmSync(shelf.content(capture.id), { force: true })
      shelf.save(capture)
    }
    current = null
    void next()
  }

  for (const one of known.values()) if (one.state === 'judging') one.state = 'waiting'
  void next()

  return {
    list: () => ({ items: [...known.values()].toReversed(), maxBytes, kept: config.captures.kept }),
    find: (id) => known.get(id) ?? null,
    async add(name, author, content) {
      if (known.size + arriving >= config.captures.kept) {
        throw refusal(409, `${config.captures.kept} captures are kept, the most there may be: delete one first`)
      }
      if (arriving >= ARRIVING)
        throw refusal(429, `${ARRIVING} captures are on their way in already: wait for one of them`)
      const id = newId()
      arriving++
      try {
        const bytes = await shelf.receive(id, content, maxBytes)
        const capture: CaptureView = {
          ...{ id, name, bytes, author, added: clock.now(), progress: 0 },
          ...{ state: 'waiting', problem: null, result: null },
        }
        shelf.save(capture)
        known.set(id, capture)
        void next()
        return { ...capture }
      } finally {
        arriving--
      }
    },
    async remove(id) {
      const capture = known.get(id)
      if (capture === undefined) return null
      known.delete(id)
      if (current?.capture.id === id) {
        current.judging.stop()
        await current.judging.ended
      }
      await histories.close(id)
      shelf.remove(id)
      return capture
    },
    async open(id) {
      const capture = known.get(id)
      if (capture === undefined || capture.state === 'waiting' || capture.state === 'failed') return null
      const last = capture.result?.last ?? null
      const now = (): number => last ?? clock.now()
      if (current?.capture.id === id) return { store: await current.judging.store, now }
      return { store: await histories.open(id), now }
    },
    async close() {
      closed = true
      current?.judging.stop()
      await current?.judging.ended
      await histories.closeAll()
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true })
    },
  }
}

/** What an interrupted judging left behind goes. */
function clean(shelf: Shelf, id: string): void {
  for (const name of readdirSync(shelf.folder(id))) {
    if (name.startsWith('history.') || name === 'ballast') rmSync(join(shelf.folder(id), name), { force: true })
  }
}

/** Histories looked into, the last few held open. */
function createHistories(shelf: Shelf, log: Logger) {
  const opened = new Map<string, Promise<Store>>()
  const close = async (id: string): Promise<void> => {
    const store = opened.get(id)
    opened.delete(id)
    await (await store?.catch(() => undefined))?.close()
  }
  return {
    open(id: string): Promise<Store> {
      const store =
        opened.get(id) ??
        openDuckdb({ folder: shelf.folder(id), stamp: id, ballast: 0, warn: (message) => log.warn(message) })
      opened.delete(id)
      opened.set(id, store)
      for (const old of [...opened.keys()].slice(0, -OPEN)) void close(old)
      return store
    },
    close,
    closeAll: () => Promise.all([...opened.keys()].map(close)),
  }
}
