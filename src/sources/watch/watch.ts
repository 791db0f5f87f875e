import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../types/clock.ts'
import { InputError } from '../../types/errors.ts'
import type { SourceHealth } from '../../types/events.ts'
import type { FrameSink } from '../../types/packet.ts'
import type { Sight } from '../../types/sight.ts'
import { CaptureReader } from '../pcap/reader.ts'
import type { Sink, Source, SourceReport } from '../source.ts'
import { FrameQueue } from './frame-queue.ts'
import { Gaps } from './gaps.ts'
import { interfaceState } from './interfaces.ts'
import { Loss } from './loss.ts'
import { type Session, type SessionEnd, startSession } from './session.ts'
import { SteadyTime } from './steady-time.ts'
import { CAPTURE_TOOLS, type Capture, type CaptureTool, type Counted, findProgram } from './tool.ts'

export interface WatchOptions {
  name: string
  capture: Capture
  /** Which program captures; the first there is unless given. */
  tool?: CaptureTool['name'] | undefined
  clock: Clock
}

/** Frames judged at a time, and seconds until others, above all reading, have their turn: the pipe is short. */
const SLICE = 64
const TURN = 0.002
/** Seconds between two looks at the interface, the counts and the time. */
const PULSE = 0.25
/** Pulses between two looks that cost something. */
const LOOK = 4
/** Seconds a packet may be on its way to us: time passes only so far without one. */
const ON_ITS_WAY = 0.5
/** Seconds before the program is started again: first, and at most. */
const RETRY_FIRST = 0.5
const RETRY_MOST = 5
/** A program that ran so long, in seconds, had nothing wrong with it. */
const SOUND = 30
/** Seconds without a packet after which none waited to be written: the programs flush more often. */
const SILENT = 1

/** Watches one interface for ever: packets come from a program that has the privilege to capture. */
export function createWatchSource(options: WatchOptions): Source {
  return new Watch(options)
}

class Watch implements Source {
  readonly name: string
  readonly #capture: Capture
  readonly #clock: Clock
  readonly #queue = new FrameQueue()
  readonly #gaps = new Gaps()
  readonly #loss = new Loss()
  readonly #time = new SteadyTime()
  readonly #tools: { tool: CaptureTool; path: string }[]
  #session: Session | null = null
  /** Packets lost by the kernel in sessions that ended, and in the one that runs. */
  #kernelBefore = 0
  #kernelNow = 0
  #draining = false
  /** Something was ever captured; and the program that runs now has begun to. */
  #worked = false
  #capturing = false
  #over = false
  /** When the last packet was read, and its time. */
  #readAt = 0
  #seenUntil = 0
  #bytes = 0
  #problems: Record<string, number> = {}

  constructor({ name, capture, tool, clock }: WatchOptions) {
    this.name = name
    this.#capture = capture
    this.#clock = clock
    this.#tools = toolsFor(tool)
  }

  lacks(): readonly Sight[] {
    return []
  }

  health(): Partial<SourceHealth> {
    const gap = this.#gaps.current
    return {
      ...(gap !== null && { state: 'retrying', detail: gap.reason }),
      dropped: { kernel: this.#kernel, queue: this.#queue.dropped },
      loss: this.#loss.now,
      gaps: this.#gaps.list,
      gapCount: this.#gaps.count,
    }
  }

  async run(sink: Sink, signal: AbortSignal): Promise<SourceReport> {
    const stop = (): void => this.#session?.stop()
    signal.addEventListener('abort', stop)
    const pulse = this.#beat(sink, signal)
    try {
      await this.#watch(sink, signal)
    } finally {
      signal.removeEventListener('abort', stop)
      this.#over = true
      await pulse
      await this.#drain(sink)
    }
    const packets = this.#queue.taken - this.#queue.dropped
    return { bytes: this.#bytes, packets, truncated: false, problems: this.#problems }
  }

  get #isUp(): boolean {
    return interfaceState(this.#capture.interface) === 'up'
  }

  get #kernel(): number {
    return this.#kernelBefore + this.#kernelNow
  }

  async #watch(sink: Sink, signal: AbortSignal): Promise<void> {
    let pause = RETRY_FIRST
    while (!signal.aborted) {
      if (interfaceState(this.#capture.interface) === 'gone') {
        this.#gaps.open(this.#clock.now(), 'there is no such interface')
        await this.#clock.sleep(1, signal)
        continue
      }
      const began = this.#clock.now()
      const end = await this.#runSession(this.#tools[0]!, sink)
      if (signal.aborted) return this.#endBehind()
      if (!this.#worked && this.#isUp && this.#tools.length > 1) {
        this.#tools.shift()
        continue
      }
      if (!this.#worked && this.#isUp) this.#giveUp(end)
      this.#gaps.open(this.#sightEnd, end.reason)
      pause = this.#clock.now() - began > SOUND ? RETRY_FIRST : Math.min(RETRY_MOST, pause * 2)
      await this.#clock.sleep(pause, signal)
    }
  }

  /** Until when packets were seen: what the kernel held when a program ended under load is lost, and with dumpcap uncounted. */
  get #sightEnd(): number {
    const now = this.#clock.now()
    return now - this.#readAt < SILENT ? this.#seenUntil : now
  }

  /** Asked to end under load: what the kernel still held is a gap, too. */
  #endBehind(): void {
    if (this.#clock.now() - this.#sightEnd > SILENT) this.#gaps.open(this.#sightEnd, 'ended before all was read')
  }

  /** It never worked and no other program is left to try: the person has to mend it. */
  #giveUp({ reason }: SessionEnd): never {
    throw new InputError(`watch ${this.#capture.interface}: ${reason} (nads doctor says how to mend it)`)
  }

  async #runSession({ tool, path }: { tool: CaptureTool; path: string }, sink: Sink): Promise<SessionEnd> {
    let now = this.#clock.now()
    const takenBefore = this.#queue.taken
    const intake: FrameSink = {
      frame: (buffer, offset, captured, length, time, link) => {
        this.#readAt = now
        this.#seenUntil = this.#time.of(time, now)
        this.#queue.frame(buffer, offset, captured, length, this.#seenUntil, link)
      },
      flush: () => {},
    }
    const reader = new CaptureReader(intake)
    const session = startSession({
      tool,
      path,
      capture: this.#capture,
      onData: (chunk) => {
        now = this.#clock.now()
        if (!this.#capturing) this.#back(now)
        reader.write(chunk)
        if (!this.#draining) void this.#drain(sink)
        if (reader.stopped) session.stop()
      },
    })
    this.#session = session
    const end = await session.ended
    this.#session = null
    this.#capturing = false
    this.#bytes += end.bytes
    this.#account(end.counted)
    // What it had received and not written yet is lost with it.
    const unread = (end.counted?.received ?? 0) - (this.#queue.taken - takenBefore)
    this.#kernelBefore += Math.max(this.#kernelNow, unread)
    this.#kernelNow = 0
    this.#count(reader.problems.toRecord())
    return end
  }

  /** Something was written: the program captures. */
  #back(now: number): void {
    this.#worked = true
    this.#capturing = true
    this.#seenUntil = now
    if (this.#isUp) this.#gaps.close(now)
  }

  #account(counted: Counted | null): void {
    if (counted !== null) this.#kernelNow = counted.dropped
  }

  #count(problems: Record<string, number>): void {
    for (const [reason, count] of Object.entries(problems)) {
      this.#problems[reason] = (this.#problems[reason] ?? 0) + count
    }
  }

  /** Judges what waits, a slice at a time. */
  async #drain(sink: Sink): Promise<void> {
    this.#draining = true
    try {
      while (this.#queue.size > 0) {
        await nextTurn()
        const end = this.#clock.now() + TURN
        do this.#queue.drain(sink, SLICE)
        while (this.#queue.size > 0 && this.#clock.now() < end)
      }
    } finally {
      this.#draining = false
    }
  }

  /** Lets time pass where no packet says so, and looks how things are. */
  async #beat(sink: Sink, signal: AbortSignal): Promise<void> {
    for (let beat = 0; !this.#over && !signal.aborted; beat++) {
      await this.#clock.sleep(PULSE, signal)
      const now = this.#clock.now()
      if (this.#queue.size === 0) sink.tick(now - ON_ITS_WAY)
      if (beat % LOOK === 0) this.#look(now)
    }
  }

  #look(now: number): void {
    const { taken, dropped } = this.#queue
    this.#account(this.#session?.counted() ?? null)
    this.#loss.update(taken - dropped, dropped + this.#kernel, now)
    if (!this.#capturing) return
    const state = interfaceState(this.#capture.interface)
    if (state === 'down') this.#gaps.open(now, 'the interface is down')
    else if (state === 'up') this.#gaps.close(now)
  }
}

/** The capturing programs there are. Throws an `InputError` when there is none. */
function toolsFor(name: CaptureTool['name'] | undefined): { tool: CaptureTool; path: string }[] {
  const wanted = CAPTURE_TOOLS.filter((tool) => name === undefined || tool.name === name)
  const found = wanted.flatMap((tool) => {
    const path = findProgram(tool.name)
    return path === null ? [] : [{ tool, path }]
  })
  if (found.length > 0) return found
  const names = wanted.map((tool) => tool.name).join(' nor ')
  throw new InputError(
    `${wanted.length > 1 ? 'neither ' : ''}${names} is installed: apt install tcpdump, or wireshark-common for dumpcap`,
  )
}
