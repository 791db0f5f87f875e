import { describe, expect, it } from 'vitest'
import { InputError } from '../types/errors.ts'
import { createHosts, type Hosts } from './hosts.ts'
import { arp, flowOf, query, START } from './traffic.case.ts'

const GATEWAY = 0x02_00_00_00_00_01
const LAPTOP = 0x02_00_00_00_00_10

function experienced(): Hosts {
  const hosts = createHosts({ seed: 7 })
  hosts.observe(arp('192.168.0.1', GATEWAY, '192.168.0.5', LAPTOP, START))
  for (let i = 0; i < 200; i++) {
    const flow = flowOf('192.168.0.5', `93.184.216.${i % 40}`, {
      time: START + 30 * i,
      srcMac: LAPTOP,
      dstMac: GATEWAY,
    })
    hosts.learn(flow.address, hosts.observe(flow).bins, flow.last)
    hosts.observe(query('192.168.0.5', '192.168.0.1', 53, START + 30 * i))
  }
  return hosts
}

describe('a saved state', () => {
  const later = flowOf('192.168.0.77', '93.184.216.3', { time: START + 9000, srcMac: LAPTOP, dstMac: GATEWAY })
  const usual = flowOf('192.168.0.5', '93.184.216.3', { time: START + 9000, srcMac: LAPTOP, dstMac: GATEWAY })

  it('brings back who is who, roles, known pairs and baselines', () => {
    const before = experienced()
    const after = createHosts({ seed: 7 })
    after.load(before.save())
    expect(after.describe()).toEqual(before.describe())
    expect(after.observe(later)).toMatchObject({ srcNew: false, srcAge: 9000, newPair: true, dstTalkers: 2 })
    const { baseline: known } = before.observe(usual)
    const context = after.observe(usual)
    expect(context).toMatchObject({ newPair: false, networkAge: 9000 })
    for (const quantity of ['bytes_out_60s', 'fanout_60s'] as const) {
      expect(context.baseline.minutes(quantity)).toBe(known.minutes(quantity))
      expect(context.baseline.quantile(quantity, 0.9)).toBe(known.quantile(quantity, 0.9))
    }
    expect(after.save().length).toBeGreaterThan(0)
  })

  it('is of use with another seed and smaller caps', () => {
    const after = createHosts({ seed: 8, maxHosts: 32, maxBaselines: 1 })
    after.load(experienced().save())
    expect(after.size).toBe(32)
    expect(after.observe(usual).srcLocal).toBe(true)
  })

  it('that is damaged is refused in one line, and changes nothing', () => {
    const hosts = experienced()
    const known = hosts.describe()
    const saved = hosts.save()
    const other = Uint8Array.from(saved)
    other.set(new TextEncoder().encode('{"kind":"forest"'), 8)
    for (const bad of [new Uint8Array(0), new Uint8Array(100), saved.slice(0, 5000), saved.slice(0, 30), other]) {
      expect(() => hosts.load(bad)).toThrow(InputError)
    }
    for (let at = 8; at < 400; at += 3) {
      const bent = Uint8Array.from(saved)
      bent[at]! ^= 0x15
      try {
        createHosts({ seed: 7 }).load(bent)
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
      }
    }
    expect(hosts.describe()).toEqual(known)
  })
})
