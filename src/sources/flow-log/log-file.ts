import { addAbortSignal, type Readable } from 'node:stream'
import { InputError } from '../../types/errors.ts'
import { Intake } from '../pcap/intake.ts'
import { type LineListener, LineReader } from './lines.ts'

/** A log to be read. */
export interface LogInput {
  /** How it is called in an error. */
  shown: string
  /** Bytes, 0 when unknown. */
  size: number
  /** Somebody may be writing it still: what was read is judged once nothing comes for a while. */
  live?: boolean
  open(): Readable
}

/** One log, plain or gzip, read piece by piece as its reader asks for it. */
export class LogFile {
  /** Bytes of the input read so far. */
  done = 0
  ended = false
  /** The input broke off, or could not be unpacked to its end. */
  cut = false
  /** What was wrong with how it was packed. */
  problem: 'bad-gzip' | 'gzip-ratio' | null = null
  readonly #shown: string
  readonly #stream: Readable
  readonly #signal: AbortSignal
  readonly #lines: LineReader
  readonly #intake: Intake
  readonly #pieces: AsyncIterator<Buffer>

  constructor({ shown, open }: LogInput, signal: AbortSignal, listener: LineListener) {
    this.#shown = shown
    this.#signal = signal
    this.#lines = new LineReader(listener)
    this.#intake = new Intake(this.#lines)
    this.#stream = addAbortSignal(signal, open())
    this.#pieces = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  /** Reads one piece. Throws an `InputError` when the input cannot be read. */
  async step(): Promise<void> {
    const piece = await this.#next()
    if (piece === null || this.#intake.stopped) return this.#end()
    this.done += piece.length
    await this.#intake.write(piece)
  }

  async #next(): Promise<Buffer | null> {
    try {
      const { value, done } = await this.#pieces.next()
      return done === true ? null : value
    } catch (error) {
      if (this.#signal.aborted) return null
      throw error === this.#stream.errored ? new InputError(`${this.#shown}: ${(error as Error).message}`) : error
    }
  }

  async #end(): Promise<void> {
    await this.#intake.end()
    this.ended = true
    this.cut = this.#intake.damage !== null && !this.#signal.aborted
    if (this.#intake.damage === 'bad-gzip') this.problem = 'bad-gzip'
    else if (this.#intake.inflated) this.problem = 'gzip-ratio'
    this.#lines.end(this.cut || this.#signal.aborted)
    this.#stream.destroy()
  }
}
