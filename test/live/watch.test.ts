import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab, until, whyNoLab } from './lab.ts'
import { Sensor } from './sensor.ts'

const CAPTURE = join(resolve(import.meta.dirname, '../golden'), 'syn-scan', 'input.pcap')
const reason = whyNoLab()
if (reason !== null) process.stdout.write(`skipped: live capture: ${reason}\n`)

describe.skipIf(reason !== null)('nads watch', () => {
  let lab: Lab
  let sensor: Sensor
  let sent = 0

  /** Replays and waits until as many were seen. */
  const replayAndSee = async (): Promise<void> => {
    sent += lab.replay(CAPTURE, '--pps', '4000')
    await until(10, `${sent} packets`, async () => ((await sensor.counted()) >= sent ? true : null))
    expect(await sensor.counted()).toBe(sent)
  }
  const gaps = (count: number) =>
    until(10, `gap ${count}`, async () => ((await sensor.metric('nads_source_gaps_total')) === count ? true : null))
  const back = () =>
    until(10, 'the sensor back', async () => (sensor.children.length === 1 ? await sensor.isUp() : null))

  beforeAll(async () => {
    lab = new Lab('watch')
    sensor = await Sensor.start(lab, ['in'])
  })
  afterAll(() => lab?.close())

  it('sees what is replayed, to the last packet, and what is wrong with it', async () => {
    await replayAndSee()
    await until(30, 'the scan', () => sensor.metric('nads_alerts_total', 'severity="high",detector="rules"'))
  })

  it('its child killed, it is back within 10 s, with the gap recorded', async () => {
    for (const times of [1, 2]) {
      process.kill(sensor.children[0]!, 'SIGKILL')
      await gaps(times)
      await back()
    }
    await replayAndSee()
    expect(sensor.nads.said).toMatch(/was ended by SIGKILL: what it still held is in no count/)
  })

  it('the interface down and up again', async () => {
    lab.set('down')
    await gaps(3)
    expect(await sensor.metric('nads_source_up')).toBe(0)
    lab.set('up')
    await back()
    await replayAndSee()
  })

  it('the interface deleted and made anew', async () => {
    lab.unplug()
    await gaps(4)
    lab.plug()
    await back()
    await replayAndSee()
  })

  it('ended, it leaves no child behind', async () => {
    sensor.nads.kill('SIGTERM')
    expect(await sensor.nads.ended).toBe(0)
    expect(lab.running('dumpcap')).toEqual([])
  })

  it('says in one line what cannot be watched', async () => {
    const said = async (...args: string[]): Promise<string> => {
      const wrong = lab.nads('watch', ...args, '--port', '0')
      expect(await wrong.ended).toBe(2)
      return wrong.said
    }
    const [gone, option, filter] = await Promise.all([
      said('eth99'),
      said('--', '-i'),
      said('in', '--filter', 'no such thing'),
    ])
    expect(gone).toMatch(/^nads: watch eth99: no such interface; there are in, lo, any\n$/)
    expect(option).toMatch(/^nads: watch -i: interface: must be the name of a network interface/)
    expect(filter).toMatch(/nads: watch in: .*filter.*nads doctor/)
  })
})
