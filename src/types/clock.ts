/** Time as an argument: the real one is made in `main`, tests and simulations bring their own. */
export interface Clock {
  /** Epoch seconds. */
  now(): number
  /** Resolves after `seconds`, or at once when `signal` aborts. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>
}
