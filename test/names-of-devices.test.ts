import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { createPipeline, type Pipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { createPcapSource } from '../src/sources/pcap/pcap.ts'
import { namedScan } from './craft/index.ts'

const folder = join(process.env.NADS_DATA ?? '../shared/data', 'protocols')
const isMissing = !existsSync(folder)
if (isMissing && process.env.CI === 'true') throw new Error(`missing: ${folder}`)
if (isMissing) console.warn(`skipped: missing ${folder}`)

function pipeline(): Pipeline {
  const config = loadConfig(undefined, {})
  return createPipeline({ config, rules: rulesOf({ config, sources: [] }) })
}

/** What the hosts in a capture are called: address, hardware address, name, and how it was told. */
async function named(path: string): Promise<string[]> {
  const whole = pipeline()
  await createPcapSource({ path }).run(whole.intake('pcap'), new AbortController().signal)
  whole.finish()
  const hosts = whole.hosts(1000).filter(({ name }) => name !== undefined)
  return hosts.map((host) => `${host.address} ${host.mac} ${host.name} ${host.namedBy}`).sort()
}

describe.skipIf(isMissing)('devices in real captures', () => {
  it('are called what they call themselves in multicast DNS, on all their addresses', async () => {
    const found = await named(join(folder, 'zeek/mdns.pcap'))
    expect(found.length).toBeGreaterThan(1)
    const each = found.map((line) => line.replace(/^\S+/, '').trim())
    expect(new Set(each)).toEqual(new Set(['8a:3c:d6:e1:4d:c4 johanna-QEMU-Virtual-Machine mdns']))
  })

  it.each([
    ['arkime/nbns.pcap', ['192.168.239.129 00:50:56:33:78:9e MDJR98 netbios']],
    [
      'tcpdump/eapon1.pcap',
      ['169.254.67.194 00:04:23:57:a5:7a DJP95S0J dhcp', '192.168.1.249 00:04:23:57:a5:7a DJP95S0J dhcp'],
    ],
    ['wireshark/logistics_multicast.pcapng', ['172.28.156.124 00:26:73:28:b6:f0 Aficio SP 6330N/1.0 ssdp']],
  ])('are called what they call themselves in %s', async (file, expected) => {
    expect(await named(join(folder, file))).toEqual(expect.arrayContaining(expected))
  })
})

describe('an incident of a device that is named', () => {
  it('says its name', () => {
    const whole = pipeline()
    const intake = whole.intake('craft')
    for (const { bytes, time } of namedScan('annas-<b>laptop\u001b')) {
      intake.frame(bytes, 0, bytes.length, bytes.length, time, 1)
      intake.flush()
    }
    whole.finish()
    const titles = whole.incidents().map(({ title }) => title)
    expect(titles).toContainEqual(expect.stringContaining('annas-<b>laptop\\x1B (10.0.0.5)'))
    expect(whole.hosts(10).find(({ address }) => address === '10.0.0.5')).toMatchObject({
      name: 'annas-<b>laptop\\x1B',
      namedBy: 'dhcp',
    })
  })
})
