import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { captureChecks, interfaceCheck } from './capture.ts'
import { clockCheck, examine, folderChecks, memoryCheck, nodeCheck } from './examine.ts'

const up = (name: string) => ({ name, state: 'up' as const })

describe('every check says what is, and how to mend it', () => {
  it('node', () => {
    expect(nodeCheck('20.19.0').ok).toBe(true)
    expect(nodeCheck('24.1.0').ok).toBe(true)
    expect(nodeCheck('20.18.9')).toMatchObject({ ok: false, mend: expect.stringContaining('20.19') })
  })

  it('capturing programs', async () => {
    const none = await captureChecks([
      { name: 'dumpcap', path: null },
      { name: 'tcpdump', path: null },
    ])
    expect(none).toEqual([
      {
        item: 'tool',
        ok: false,
        found: 'neither dumpcap nor tcpdump is installed',
        mend: 'sudo apt-get install tcpdump',
      },
    ])
    const unusable = await captureChecks([{ name: 'dumpcap', path: '/nowhere/dumpcap' }])
    expect(unusable[1]).toMatchObject({
      ok: false,
      mend: expect.stringMatching(/^sudo setcap cap_net_raw.* \/nowhere\/dumpcap/),
    })
  })

  it('interfaces', () => {
    expect(interfaceCheck([], [up('lo'), up('eth0')]).ok).toBe(true)
    expect(interfaceCheck([], [up('lo')]).ok).toBe(false)
    expect(interfaceCheck(['any'], [up('eth0')]).ok).toBe(true)
    expect(interfaceCheck(['eth1'], [up('eth0')])).toMatchObject({ ok: false, found: 'eth0 up; no eth1' })
    const down = interfaceCheck(['eth1'], [up('eth0'), { name: 'eth1', state: 'down' }])
    expect(down).toMatchObject({ ok: false, mend: 'sudo ip link set eth1 up' })
  })

  it('folders, which need not exist yet', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nads-doctor-'))
    expect(folderChecks(join(folder, 'a', 'b')).map(({ item, ok }) => [item, ok])).toEqual([
      ['data folder', true],
      ['disk', expect.any(Boolean)],
    ])
    expect(readdirSync(folder)).toEqual([])
    expect(folderChecks(undefined)[0]).toMatchObject({ ok: true, mend: expect.stringContaining('--data-dir') })
  })

  it('folders that no permission forbids and nothing can be written in', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nads-doctor-')), "it's a file")
    writeFileSync(file, '')
    for (const folder of ['/proc', '/proc/nads', file, join(file, 'x')]) {
      const checks = folderChecks(folder)
      expect(checks).toHaveLength(1)
      expect(checks[0]).toMatchObject({ ok: false, found: expect.stringMatching(/ cannot be written \(E[A-Z]+\)$/) })
      expect(checks[0]!.mend).toMatch(/^choose another|^sudo install -d -o "\$\(id -un\)" '/)
    }
  })

  it.each([
    [0, null, false],
    [1_800_000_000, null, true],
    [1_800_000_000, true, true],
    [1_800_000_000, false, false],
    [4_200_000_000, true, false],
  ])('a clock at %d, synchronised %s', async (now, synchronised, ok) => {
    expect(await clockCheck(now, Promise.resolve(synchronised))).toMatchObject({ item: 'clock', ok })
  })

  it('memory, within the limit the program was given', () => {
    expect(memoryCheck(256e6, 8e9)).toMatchObject({ ok: false, found: '256 MB' })
    expect(memoryCheck(2 ** 63, 8e9)).toMatchObject({ ok: true, found: '8000 MB' })
  })

  it('a port in use', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as { port: number }
    const needs = { server: { host: '127.0.0.1', port }, sources: [{ kind: 'watch', interface: 'eth7' }] }
    const checks = await examine(needs, { tools: [], interfaces: [up('eth0')], now: 1_800_000_000 })
    other.close()
    const failed = checks.filter(({ ok, item }) => !ok && item !== 'clock')
    expect(failed.map(({ item }) => item)).toEqual(['tool', 'interfaces', 'port'])
    for (const { mend } of failed) expect(mend).toMatch(/\w/)
  })
})
