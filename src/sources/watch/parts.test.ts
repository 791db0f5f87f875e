import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameQueue } from './frame-queue.ts'
import { Gaps } from './gaps.ts'
import { WATCH } from './kind.ts'
import { Loss } from './loss.ts'
import { SteadyTime } from './steady-time.ts'
import { CAPTURE_TOOLS, complaint } from './tool.ts'

describe('FrameQueue', () => {
  /** `take`: a frame of so many bytes comes; otherwise so many are judged. */
  const steps = fc.array(fc.record({ take: fc.boolean(), size: fc.integer({ min: 0, max: 40 }) }), { maxLength: 300 })

  it('hands on, whole and in order, every frame it did not count as dropped', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 200 }), (list, frames, bytes) => {
        const queue = new FrameQueue({ frames, bytes })
        const given: number[][] = []
        const kept: number[][] = []
        const got: number[][] = []
        const sink = {
          frame: (buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: number) =>
            void got.push([time, length, link, ...buffer.subarray(offset, offset + captured)]),
          flush: () => {},
        }
        for (const { take, size } of list) {
          if (!take) {
            queue.drain(sink, size)
            continue
          }
          const content = Uint8Array.from({ length: size + 2 }, (_, i) => (i * 7 + given.length) & 255)
          const frame = [given.length, 1000 + size, 1, ...content.subarray(1, size + 1)]
          const { dropped } = queue
          queue.frame(content, 1, size, 1000 + size, given.length, 1)
          given.push(frame)
          if (queue.dropped === dropped) kept.push(frame)
          expect(queue.size).toBeLessThanOrEqual(frames)
        }
        queue.drain(sink, Number.POSITIVE_INFINITY)
        expect(got).toEqual(kept)
        expect(got.length + queue.dropped).toBe(given.length)
        expect(queue.taken).toBe(given.length)
      }),
    )
  })
})

describe('SteadyTime', () => {
  it('leaves times as they are while the clock is not set', () => {
    const steady = new SteadyTime()
    for (let now = 1000; now < 1100; now += 0.1) expect(steady.of(now - 0.25, now)).toBe(now - 0.25)
    expect(steady.steps).toBe(0)
  })

  it.each([
    ['an hour on', 3_600],
    ['an hour back', -3_600],
    ['to 1970', -1_000_000_000],
    ['to 2106', 2_500_000_000],
  ])('a clock set %s moves nothing by more than its own second', (_, by) => {
    const steady = new SteadyTime()
    let last = Number.NEGATIVE_INFINITY
    for (let i = 0; i < 1000; i++) {
      const now = 1_800_000_000 + i / 10
      const time = steady.of(now - 0.2 + (i < 500 ? 0 : by), now)
      expect(time).toBeGreaterThanOrEqual(last)
      expect(time).toBeLessThanOrEqual(now)
      expect(now - time).toBeLessThan(0.5)
      last = time
    }
    expect(steady.steps).toBe(1)
  })

  it('a clock that runs ten times too fast is followed no further than a second', () => {
    const steady = new SteadyTime()
    for (let i = 0; i < 1000; i++) {
      const now = 1000 + i / 10
      expect(Math.abs(steady.of(1000 + i, now) - now)).toBeLessThanOrEqual(1)
    }
  })
})

describe('Loss', () => {
  it('tells the share lost since it began, and is over after three seconds without', () => {
    const loss = new Loss()
    loss.update(1000, 0, 1)
    expect(loss.now).toEqual({ share: 0, seconds: 0 })
    for (let second = 2; second <= 13; second++) loss.update(1000 + 97 * (second - 1), 3 * (second - 1), second)
    expect(loss.now.share).toBeCloseTo(0.03, 10)
    expect(loss.now.seconds).toBe(12)
    loss.update(3000, 36, 15)
    expect(loss.now.seconds).toBe(12)
    loss.update(3100, 36, 16)
    expect(loss.now).toEqual({ share: 0, seconds: 0 })
  })
})

describe('Gaps', () => {
  it('records from when to when, the last twenty, and counts all', () => {
    const gaps = new Gaps()
    for (let i = 0; i < 30; i++) {
      gaps.open(i, 'gone')
      gaps.open(i + 0.1, 'still gone')
      expect(gaps.current).toEqual({ from: i, to: null, reason: 'gone' })
      gaps.close(i + 0.5)
    }
    expect(gaps.count).toBe(30)
    expect(gaps.list).toHaveLength(20)
    expect(gaps.list.at(-1)).toEqual({ from: 29, to: 29.5, reason: 'gone' })
  })
})

describe('capturing programs', () => {
  const [dumpcap, tcpdump] = CAPTURE_TOOLS
  const capture = { interface: 'eth0', filter: '-x or $(reboot)', snapLength: 256, promiscuous: false }

  it('a filter is one argument, never an option', () => {
    const left = dumpcap!.arguments(capture)
    expect(left[left.indexOf(capture.filter) - 1]).toBe('-f')
    const right = tcpdump!.arguments(capture)
    expect(right.slice(-2)).toEqual(['--', capture.filter])
    for (const list of [left, right]) expect(list).toContain('-p')
  })

  it('their counts are read, the dropped ones among the received', () => {
    const said = `Capturing on 'veth1'\nFile: -\nPackets captured: 10\nPackets received/dropped on interface 'veth1': 10/2 (pcap:2/dumpcap:0/flushed:0/ps_ifdrop:0) (83.3%)\n`
    expect(dumpcap!.counted(said)).toEqual({ received: 12, dropped: 2 })
    const asked = 'tcpdump: 5 packets captured, 9 packets received by filter, 0 packets dropped by kernel\n'
    const end = '17 packets captured\n20 packets received by filter\n1 packet dropped by kernel\n'
    expect(tcpdump!.counted(asked)).toEqual({ received: 9, dropped: 0 })
    expect(tcpdump!.counted(asked + end)).toEqual({ received: 20, dropped: 1 })
    expect(tcpdump!.counted('tcpdump: listening on veth1\n')).toBeNull()
    expect([complaint(said), complaint(asked + end)]).toEqual(['', ''])
  })

  it('their complaint is the one line that says why', () => {
    expect(complaint(`Capturing on 'eth0'\ndumpcap: Device "eth0" is not up.\n(That device is not up)\n`)).toBe(
      'Device "eth0" is not up.',
    )
    expect(
      complaint('tcpdump: listening on veth1, x\ntcpdump: pcap_loop: The interface disappeared\n5 packets captured\n'),
    ).toBe('pcap_loop: The interface disappeared')
  })
})

describe('settings', () => {
  const parse = (settings: object) => WATCH.schema.safeParse({ kind: 'watch', ...settings }).success

  it.each(['eth0', 'any', 'wlp3s0', 'br-lan', 'eth0.100', 'veth1a2b3c4d5e6'])('takes %s', (name) => {
    expect(parse({ interface: name })).toBe(true)
  })

  it.each([
    '-i',
    '--help',
    '',
    'TCP@10.0.0.1',
    'rpcap://host/eth0',
    'a b',
    'a;b',
    'eth0\n',
    '../x',
    'sixteen-letters-',
  ])('refuses %j', (name) => {
    expect(parse({ interface: name })).toBe(false)
  })

  it('a filter is one line', () => {
    expect(parse({ interface: 'eth0', filter: 'tcp port 80' })).toBe(true)
    expect(parse({ interface: 'eth0', filter: 'tcp\nport 80' })).toBe(false)
    expect(parse({ interface: 'eth0', filter: 'a\u0000b' })).toBe(false)
  })
})
