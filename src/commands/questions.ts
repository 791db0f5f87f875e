import { InputError } from '../types/errors.ts'

/** Milliseconds the engine has for an answer. */
const PATIENCE = 10_000

/** Questions to the engine, which answers in the order in which it was asked. */
export interface Questions<Answer> {
  /** Rejects with an `InputError` when the engine refuses, or says nothing: it may have come to its end. */
  ask(send: () => void): Promise<Answer>
  /** The engine answered whoever asked first. */
  answered(answer: Answer): void
  refused(why: string): void
}

export function createQuestions<Answer>(): Questions<Answer> {
  const waiting: { answer: (answer: Answer) => void; refuse: (why: string) => void }[] = []
  return {
    ask: (send) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new InputError('the engine does not answer: its input has ended')),
          PATIENCE,
        )
        timer.unref()
        waiting.push({
          answer(answer) {
            clearTimeout(timer)
            resolve(answer)
          },
          refuse(why) {
            clearTimeout(timer)
            reject(new InputError(why))
          },
        })
        send()
      }),
    answered: (answer) => waiting.shift()?.answer(answer),
    refused: (why) => waiting.shift()?.refuse(why),
  }
}
