import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Position, Tail } from './tail.ts'

/** A log with its writer and its reader, which may be stopped and started. */
class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'nads-tail-'))
  readonly path = join(this.folder, 'eve.json')
  readonly written: string[] = []
  readonly read: string[] = []
  #tail: Tail | null = null
  #saved: Position | null = null
  #partial = false
  #copies = 0

  /** A line of its own; `whole` false leaves it without an end, which the next one gives it. */
  append(whole = true): void {
    const text = `line ${this.written.length} ${'x'.repeat(this.written.length % 7)}`
    if (this.#partial) {
      appendFileSync(this.path, ' end\n')
      this.written[this.written.length - 1] += ' end'
      this.#partial = false
      return
    }
    this.written.push(text)
    appendFileSync(this.path, whole ? `${text}\n` : text)
    this.#partial = !whole
  }

  /** Renamed away and begun anew. */
  rotate(): void {
    if (!existsSync(this.path)) return
    this.#end()
    for (let i = this.#copies; i > 0; i--) renameSync(`${this.path}.${i}`, `${this.path}.${i + 1}`)
    renameSync(this.path, `${this.path}.1`)
    this.#copies++
    writeFileSync(this.path, '')
  }

  /** Copied and cut to nothing in its place. */
  copyTruncate(): void {
    if (!existsSync(this.path)) return
    this.#end()
    for (let i = this.#copies; i > 0; i--) renameSync(`${this.path}.${i}`, `${this.path}.${i + 1}`)
    copyFileSync(this.path, `${this.path}.1`)
    truncateSync(this.path)
    this.#copies++
  }

  truncate(): void {
    if (!existsSync(this.path)) return
    this.#end()
    truncateSync(this.path)
  }

  poll(): void {
    this.#tail ??= new Tail(this.path, this.#saved, (line) => this.read.push(line ?? ''))
    this.#tail.poll()
  }

  restart(): void {
    this.#tail?.close()
    this.#saved = this.#tail?.position ?? this.#saved
    if (this.#saved !== null) this.#saved = JSON.parse(JSON.stringify(this.#saved)) as Position
    this.#tail = null
  }

  finish(): { written: string[]; read: string[]; counters: Record<string, number> } {
    this.#end()
    for (let i = 0; i < 4; i++) this.poll()
    const counters = this.#tail!.counters()
    this.#tail!.close()
    rmSync(this.folder, { recursive: true })
    return { written: this.written, read: this.read, counters }
  }

  /** No writer leaves half a line behind. */
  #end(): void {
    if (this.#partial) this.append()
  }
}

type Step = 'append' | 'partial' | 'poll' | 'rotate' | 'copyTruncate' | 'truncate' | 'restart'

function play(steps: readonly Step[]) {
  const scene = new Scene()
  for (const step of steps) {
    if (step === 'append' || step === 'partial') scene.append(step === 'append')
    else scene[step]()
  }
  return scene.finish()
}

const steps = (...kinds: Step[]) => fc.array(fc.constantFrom(...kinds), { maxLength: 40 })

describe('Tail', () => {
  it('hands on every line once and in order, whatever is appended, renamed away and begun anew, and when it is restarted', () => {
    fc.assert(
      fc.property(steps('append', 'append', 'partial', 'poll', 'poll', 'restart', 'rotate'), (all) => {
        const { written, read, counters } = play(['append', 'poll', ...all])
        expect(read).toEqual(written)
        expect([counters.truncations, counters['lost-bytes']]).toEqual([0, 0])
      }),
      { numRuns: 150 },
    )
  })

  it('finds what came into a file that was empty when it was left, and was renamed away since', () => {
    const { written, read } = play([
      'append',
      'poll',
      'rotate',
      'poll',
      'poll',
      'restart',
      'append',
      'rotate',
      'append',
    ])
    expect(read).toEqual(written)
  })

  it('reads nothing again of files that were renamed away within one tick of the clock, when it is restarted', () => {
    for (let round = 0; round < 20; round++) {
      const { written, read } = play([
        'append',
        'poll',
        'rotate',
        'append',
        'rotate',
        'poll',
        'poll',
        'restart',
        'rotate',
      ])
      expect(read).toEqual(written)
    }
  })

  it('loses nothing of a log that is copied and truncated, as long as it looks in between', () => {
    fc.assert(
      fc.property(steps('append', 'append', 'partial', 'poll', 'restart', 'copyTruncate'), (all) => {
        const looked = all.flatMap((step): Step[] =>
          step === 'copyTruncate' ? [step, 'append', 'poll', 'poll'] : [step],
        )
        expect(play(['append', 'poll', ...looked]).read).toEqual(play(['append', 'poll', ...looked]).written)
      }),
      { numRuns: 75 },
    )
  })

  it('of a log that is truncated hands on each line at most once and in order, and says what may be missing', () => {
    fc.assert(
      fc.property(steps('append', 'append', 'partial', 'poll', 'poll', 'restart', 'truncate'), (all) => {
        const { written, read } = play(['append', 'poll', ...all])
        let at = -1
        for (const line of read) {
          const next = written.indexOf(line, at + 1)
          expect(next).toBeGreaterThan(at)
          at = next
        }
        if (!all.includes('truncate')) expect(read).toEqual(written)
      }),
      { numRuns: 75 },
    )
    expect(play(['append', 'poll', 'append', 'truncate', 'append', 'poll']).counters.truncations).toBe(1)
  })

  it('waits for a log that is not there yet, and for the end of a line', () => {
    const scene = new Scene()
    scene.poll()
    scene.append(false)
    scene.poll()
    expect(scene.read).toEqual([])
    scene.append()
    scene.poll()
    expect(scene.read).toEqual(['line 0  end'])
    expect(statSync(scene.path).size).toBeGreaterThan(0)
    scene.finish()
  })
})
