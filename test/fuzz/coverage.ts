import { type Profiler, Session } from 'node:inspector'

/** Which parts of the program have run, by V8's own block coverage (the Profiler domain of the DevTools protocol). */
export class Coverage {
  /** Characters of `src` that have run. */
  covered = 0
  readonly #session = new Session()
  /** One flag a character, by function: text inside a function that was never called is not its own. */
  readonly #seen = new Map<string, Uint8Array>()

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Characters that ran since the last call and never before; they are known from then on, unless only `looked` at. */
  take(looked = false): number {
    let fresh = 0
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error
      for (const script of answer.result) {
        if (script.url.includes('/src/'))
          for (const one of script.functions) fresh += this.#add(script.url, one, looked)
      }
    })
    if (!looked) this.covered += fresh
    return fresh
  }

  close(): void {
    this.#session.disconnect()
  }

  #add(url: string, { ranges }: Profiler.FunctionCoverage, looked: boolean): number {
    const whole = ranges[0]!
    if (whole.count === 0) return 0
    const { startOffset: start, endOffset: end } = whole
    const ran = new Uint8Array(end - start)
    for (const range of ranges) ran.fill(range.count > 0 ? 1 : 0, range.startOffset - start, range.endOffset - start)
    const key = `${url}:${start}:${end}`
    let seen = this.#seen.get(key)
    if (seen === undefined) {
      seen = new Uint8Array(end - start)
      if (!looked) this.#seen.set(key, seen)
    }
    let fresh = 0
    for (let i = 0; i < ran.length; i++) {
      if (ran[i] === 0 || seen[i] === 1) continue
      fresh++
      if (!looked) seen[i] = 1
    }
    return fresh
  }
}
