/** Bytes of a line that is read; a longer one is passed over. */
export const LINE_MAX = 1024 * 1024

const NEWLINE = 0x0a
const RETURN = 0x0d

/** Takes each line without its end, null for one longer than `LINE_MAX`, and its number from 1. */
export type LineListener = (line: string | null, number: number) => void

/** Cuts an input given in pieces of any size into lines of UTF-8. What is not UTF-8 becomes U+FFFD. */
export class LineReader {
  /** A line can always be looked for: never true. */
  readonly stopped = false
  readonly #listener: LineListener
  #number = 0
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(listener: LineListener) {
    this.#listener = listener
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#line(bytes.subarray(from, end))
      from = end + 1
    }
    this.#hold(bytes.subarray(from))
  }

  /** The input is over: its last line need not have an end, unless the input was `cut` off. */
  end(cut: boolean): void {
    if (this.#heldBytes > 0 && !cut) this.#line(Buffer.alloc(0))
  }

  /** The chunk's memory belongs to others: what has to wait is copied, as long as there is a use for it. */
  #hold(part: Buffer): void {
    this.#heldBytes += part.length
    if (this.#heldBytes > LINE_MAX) this.#held = []
    else if (part.length > 0) this.#held.push(Buffer.from(part))
  }

  #line(last: Buffer): void {
    this.#number++
    const length = this.#heldBytes + last.length
    const whole = this.#held.length === 0 ? last : Buffer.concat([...this.#held, last])
    this.#listener(length > LINE_MAX ? null : textOf(whole), this.#number)
    this.#held = []
    this.#heldBytes = 0
  }
}

function textOf(line: Buffer): string {
  return line.toString('utf8', 0, line.at(-1) === RETURN ? line.length - 1 : line.length)
}
