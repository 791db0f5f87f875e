import type { Page } from '../../src/types/history.ts'
import { ApiError } from './api.ts'

/** A list that is asked for part by part. */
export class Paged<T> {
  items = $state.raw<readonly T[]>([])
  next = $state<string | null>(null)
  loading = $state(false)
  /** Something was answered at least once. */
  loaded = $state(false)
  error = $state.raw<ApiError | null>(null)
  #ask: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>> = async () => ({ items: [], next: null })
  #abort: AbortController | null = null

  /** Asks for the first part of another list; what is shown stays until it is there. */
  start(ask: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>): Promise<void> {
    this.#ask = ask
    return this.#load(undefined)
  }

  /** Asks for the first part of the same list anew. */
  again = (): Promise<void> => this.#load(undefined)

  more = (): Promise<void> => (this.next === null ? Promise.resolve() : this.#load(this.next))

  async #load(cursor: string | undefined): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading = true
    try {
      const { items, next } = await this.#ask(cursor, abort.signal)
      if (abort.signal.aborted) return
      this.items = cursor === undefined ? items : [...this.items, ...items]
      this.next = next
      this.loaded = true
      this.error = null
    } catch (error) {
      if (abort.signal.aborted) return
      this.error = error instanceof ApiError ? error : new ApiError(0, String(error))
    }
    this.loading = false
  }
}
