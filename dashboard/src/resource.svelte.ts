import { ApiError } from './api.ts'

/** Something asked of the server: what is known, whether it is being asked for, what went wrong. */
export class Resource<T> {
  value = $state.raw<T | null>(null)
  loading = $state(false)
  error = $state.raw<ApiError | null>(null)
  #abort: AbortController | null = null

  /** Asks anew; an older question still open is dropped. What was known is shown until the answer. */
  async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading = true
    try {
      const value = await ask(abort.signal)
      if (abort.signal.aborted) return
      this.value = value
      this.error = null
    } catch (error) {
      if (abort.signal.aborted) return
      this.error = error instanceof ApiError ? error : new ApiError(0, String(error))
    }
    this.loading = false
  }
}
