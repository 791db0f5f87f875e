import type { Pipeline } from './pipeline.ts'
import { type Previous, readPrevious, writePrevious } from './store/learned.ts'
import type { ModelView } from './types/api.ts'
import { InputError } from './types/errors.ts'

const DAY = 86_400

/** What the models of a run know, and what a person may do about it. */
export interface ModelBook {
  describe(): ModelView
  /** Sets the models aside and has them learn anew from the flows they remember. Throws an `InputError` where these are too few. */
  retrain(): ModelView
  /** Takes up the models set aside, and sets aside those in force. Throws an `InputError` when there are none. */
  rollBack(): ModelView
  /** Lets the models raise so many incidents a day by themselves from now on. */
  allow(alertsPerDay: number): void
  /** Sets the models aside once a day, so that there is always something to go back to. */
  keep(): void
}

/** `folder`: where models are set aside; without it they are for as long as the program runs. `now`: epoch seconds. */
export function createModelBook(pipeline: Pipeline, folder: string | undefined, now: () => number): ModelBook {
  let previous: Previous | null = folder === undefined ? null : readPrevious(folder)

  const setAside = (models: Previous['models']): void => {
    previous = { saved: now(), models }
    if (folder !== undefined) writePrevious(folder, previous)
  }
  const describe = (): ModelView => ({
    ...pipeline.model(),
    previous: previous && { saved: previous.saved, learned: learnedBy(previous.models) },
  })

  return {
    describe,
    retrain() {
      const before = pipeline.models()
      if (!pipeline.retrain()) throw new InputError('the model has not learned enough to be trained anew')
      setAside(before)
      return describe()
    },
    rollBack() {
      if (previous === null) throw new InputError('no model was set aside that could be gone back to')
      const before = pipeline.models()
      try {
        pipeline.restoreModels(previous.models)
      } catch (error) {
        pipeline.restoreModels(before)
        throw error
      }
      setAside(before)
      return describe()
    },
    allow: pipeline.allow,
    keep() {
      if (previous !== null && now() - previous.saved < DAY) return
      if (pipeline.stats().model.state !== 'learning') setAside(pipeline.models())
    },
  }
}

/** Flows the model had learned from. */
function learnedBy(models: Previous['models']): number {
  const counts = Object.values(models).map((model) => (model as { learned?: unknown } | null)?.learned)
  return Math.max(0, ...counts.filter((count) => typeof count === 'number'))
}
