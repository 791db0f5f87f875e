import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab, until, whyNoLab } from './lab.ts'
import { Sensor } from './sensor.ts'

const CAPTURE = join(resolve(import.meta.dirname, '../golden'), 'syn-scan', 'input.pcap')
const reason = whyNoLab()

describe.skipIf(reason !== null)('nads watch by tcpdump', () => {
  let lab: Lab
  let sensor: Sensor
  let sent = 0

  const allCounted = () =>
    until(60, `all of ${sent} packets`, async () => ((await sensor.counted()) >= sent ? true : null))
  const kernel = () => sensor.metric('nads_source_dropped_total', 'source="in",by="kernel"')

  beforeAll(async () => {
    lab = new Lab('losses')
    sensor = await Sensor.start(lab, ['in'], '--tool', 'tcpdump')
  })
  afterAll(() => lab?.close())

  it('sent is seen and dropped, exactly, when more comes than the kernel can hold', async () => {
    const [child] = sensor.children
    process.kill(child!, 'SIGSTOP')
    sent += lab.replay(CAPTURE, '--preload-pcap', '--topspeed', '--loop', '130')
    process.kill(child!, 'SIGCONT')
    await allCounted()
    expect(await sensor.counted()).toBe(sent)
    expect(await kernel()).toBeGreaterThan(0)
  })

  it('what the program had not read when it was ended is counted', async () => {
    const before = (await kernel())!
    const [child] = sensor.children
    process.kill(child!, 'SIGSTOP')
    const held = lab.replay(CAPTURE, '--pps', '4000', '--loop', '10')
    sent += held
    process.kill(child!, 'SIGTERM')
    process.kill(child!, 'SIGCONT')
    await allCounted()
    expect(await sensor.counted()).toBe(sent)
    expect((await kernel())! - before).toBeGreaterThan(held / 2)
  })

  it('killed, its child ends with the next packet', async () => {
    await until(10, 'the sensor back', () => (sensor.children.length === 1 ? sensor.isUp() : null))
    sensor.nads.kill('SIGKILL')
    await sensor.nads.ended
    lab.replay(CAPTURE, '--pps', '4000')
    await until(5, 'no child', () => (lab.running('tcpdump').length === 0 ? true : null))
  })
})

describe.skipIf(reason !== null)('nads watch of several interfaces', () => {
  let lab: Lab

  beforeAll(() => {
    lab = new Lab('several')
    lab.plug('out2', 'in2')
  })
  afterAll(() => lab?.close())

  it('each counts its own, and any counts all', async () => {
    const sensor = await Sensor.start(lab, ['in', 'in2', 'any'])
    const first = lab.replay(CAPTURE, '--pps', '4000')
    const second = lab.replay(CAPTURE, '-i', 'out2', '--pps', '4000', '--loop', '2')
    const counts = async (): Promise<number[]> => [
      await sensor.counted('in'),
      await sensor.counted('in2'),
      await sensor.counted('any'),
    ]
    // Any sees the page being read over the loopback interface, too.
    const enough = ([one, two, all]: number[]): boolean => one! >= first && two! >= second && all! >= first + second
    await until(15, 'all packets', async () => (enough(await counts()) ? true : null))
    const [one, two, all] = await counts()
    expect([one, two]).toEqual([first, second])
    expect(all).toBeGreaterThanOrEqual(first + second)
    sensor.nads.kill('SIGINT')
    expect(await sensor.nads.ended).toBe(0)
    expect(lab.running('dumpcap')).toEqual([])
  })
})
