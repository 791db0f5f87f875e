import { type FSWatcher, watch } from 'node:fs'
import type { Logger } from 'pino'
import type { WorkerMessage } from '../worker.ts'
import { createQuestions } from './questions.ts'

/** Milliseconds without another change before the rules are read again: editors write a file in several steps. */
const SETTLED = 300

/** When rules are read again, and what is said of it. */
export interface RuleWatch {
  /** What the engine answered. */
  answered(message: WorkerMessage & { kind: 'rules' }): void
  /** Has the rules read again now. Resolves to how many there are; rejects with the `InputError` of a broken one. */
  ask(): Promise<number>
  close(): void
}

/**
 * Asks for the rules to be read again on SIGHUP and when a file in one of `folders` changes. The same fault is told once.
 */
export function watchRules(folders: readonly string[], reload: () => void, log: Logger): RuleWatch {
  let waiting: NodeJS.Timeout | undefined
  let told = ''
  const asked = createQuestions<number>()
  const soon = (): void => {
    clearTimeout(waiting)
    waiting = setTimeout(reload, SETTLED)
  }
  const watchers = folders.map((folder): FSWatcher => {
    const watcher = watch(folder, (_, name) => {
      if (name === null || /\.ya?ml$/.test(name)) soon()
    })
    return watcher.on('error', (error) => log.warn({ folder, error: error.message }, 'rules are no longer watched'))
  })
  process.on('SIGHUP', soon)
  return {
    answered(message) {
      if ('count' in message) log.info({ rules: message.count }, 'rules read again')
      else if (message.broken !== told) log.error({ error: message.broken }, 'the rules stay as they were')
      told = 'broken' in message ? message.broken : ''
      if ('count' in message) asked.answered(message.count)
      else asked.refused(message.broken)
    },
    ask: () => asked.ask(reload),
    close() {
      clearTimeout(waiting)
      process.off('SIGHUP', soon)
      for (const watcher of watchers) watcher.close()
    },
  }
}
