import { describe, expect, it } from 'vitest'
import { InputError } from '../types/errors.ts'
import { createHosts } from './hosts.ts'
import { flowOf } from './traffic.case.ts'

describe('local networks', () => {
  it('are the private ones, or those configured', () => {
    expect(createHosts({ seed: 1 }).observe(flowOf('192.168.3.4', '8.8.8.8'))).toMatchObject({
      srcLocal: true,
      dstLocal: false,
    })
    const hosts = createHosts({ seed: 1, localNetworks: ['8.8.0.0/16'] })
    expect(hosts.observe(flowOf('192.168.3.4', '8.8.8.8'))).toMatchObject({ srcLocal: false, dstLocal: true })
    expect(() => createHosts({ seed: 1, localNetworks: ['8.8/16'] })).toThrow(InputError)
  })

  it('are inferred where a site uses public addresses and says nothing', () => {
    const hosts = createHosts({ seed: 1 })
    let context = hosts.observe(flowOf('147.32.84.165', '8.8.8.8'))
    for (let i = 0; i < 600; i++)
      context = hosts.observe(flowOf(`147.32.8${i % 6}.${i & 127}`, `${11 + (i % 90)}.${i & 127}.3.4`))
    expect(context).toMatchObject({ srcLocal: true, dstLocal: false })
    expect(hosts.describe().localNetworks.at(-1)).toEqual({ block: '147.32.0.0/16', why: 'inferred' })
    expect(hosts.describe().list[0]).toMatchObject({ local: true })
  })
})
