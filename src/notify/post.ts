import type { Channel, Message } from './kind.ts'

/** Messages that wait; beyond them the oldest go. */
const WAITING = 100
/** Seconds until a message is tried again: doubled each time, at most so many, so often. */
const FIRST = 2
const LONGEST = 600
const TRIES = 8
/** Seconds a message has to arrive. */
const PATIENCE = 10

/** What became of messages. */
export interface PostState {
  sent: number
  /** Held back by the rate cap; let go while nothing arrived. */
  held: number
  lost: number
  waiting: number
  /** Why the last one did not arrive; null when it did. */
  problem: string | null
}

export interface PostOptions {
  channel: Channel
  perHour: number
  /** Epoch seconds. */
  now: () => number
  /** Resolves after so many seconds, or at once when `signal` aborts. */
  sleep: (seconds: number, signal: AbortSignal) => Promise<void>
  /** Hears when messages begin to fail or are given up, and when they arrive again (null). */
  onTurn: (problem: string | null) => void
}

/** Messages to one channel, in order, at a bounded rate, each tried again for a while. */
export interface Post {
  put(message: Message): void
  /** Sends one past the queue and the cap. Rejects when it does not arrive. */
  now(message: Message): Promise<void>
  state(): PostState
  close(): void
}

export function createPost({ channel, perHour, now, sleep, onTurn }: PostOptions): Post {
  const waiting: Message[] = []
  const abort = new AbortController()
  const state = { sent: 0, held: 0, lost: 0, problem: null as string | null }
  let tokens = perHour
  let filled = now()
  let heldSince = 0
  let busy = false

  const mayTell = (): boolean => {
    const time = now()
    tokens = Math.min(perHour, tokens + ((time - filled) * perHour) / 3_600)
    filled = time
    return tokens >= 1
  }
  const turn = (problem: string | null): void => {
    if ((problem === null) !== (state.problem === null)) onTurn(problem)
    state.problem = problem
  }
  const send = (message: Message): Promise<void> =>
    channel.send(message, AbortSignal.any([abort.signal, AbortSignal.timeout(PATIENCE * 1000)]))

  /** Whether it arrived, after as many tries as it takes or there may be. */
  const deliver = async (message: Message): Promise<boolean> => {
    for (let tries = 0; tries < TRIES && !abort.signal.aborted; tries++) {
      if (tries > 0) await sleep(Math.min(LONGEST, FIRST * 2 ** (tries - 1)), abort.signal)
      try {
        await send(message)
        turn(null)
        return true
      } catch (error) {
        turn(reasonOf(error))
      }
    }
    return false
  }

  const work = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let next = waiting.shift(); next !== undefined && !abort.signal.aborted; next = waiting.shift()) {
      if (await deliver(next)) state.sent++
      else state.lost++
    }
    busy = false
  }

  return {
    put(message) {
      if (!mayTell()) {
        state.held++
        heldSince++
        return
      }
      tokens--
      const more = heldSince === 0 ? '' : ` ${heldSince} more were held back before this one.`
      heldSince = 0
      waiting.push({ ...message, text: message.text + more })
      if (waiting.length > WAITING) {
        waiting.shift()
        state.lost++
      }
      void work()
    },
    async now(message) {
      try {
        await send(message)
      } catch (error) {
        throw new Error(reasonOf(error))
      }
    },
    state: () => ({ ...state, waiting: waiting.length + (busy ? 1 : 0) }),
    close: () => abort.abort(),
  }
}

/** In one line, with what lies under it: `fetch failed` alone says nothing. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  const under = cause?.code ?? cause?.message
  return (under === undefined ? message : `${message} (${under})`).split('\n')[0]!.slice(0, 300)
}
