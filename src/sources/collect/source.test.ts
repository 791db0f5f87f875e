import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { conversations, netflow5 } from '../../../test/exports/datagrams.ts'
import { systemClock } from '../../clock.ts'
import { createDecoder } from '../../decode/decoder.ts'
import { InputError } from '../../types/errors.ts'
import { collectFlows } from '../flow-log/collect.case.ts'
import { NETFLOW } from '../netflow/netflow.ts'
import { SFLOW } from '../sflow/sflow.ts'
import { type Bound, dropsIn, kernelDrops } from './kernel-drops.ts'
import { type CollectOptions, createCollectSource } from './source.ts'

const options: CollectOptions = {
  name: 'router',
  seed: 1,
  clock: systemClock,
  formats: [NETFLOW, SFLOW],
  decoder: createDecoder(),
  host: '127.0.0.1',
  ports: [0],
  allow: [],
}

/** Runs a source, sends it datagrams once it listens, and stops it when `done`. */
async function listen(datagrams: readonly Uint8Array[], given: Partial<CollectOptions> = {}, done = 1) {
  const sink = collectFlows()
  const stop = new AbortController()
  const source = createCollectSource({
    ...options,
    ...given,
    onListening: ([bound]) => {
      const socket = createSocket('udp4')
      let left = datagrams.length
      for (const datagram of datagrams) {
        socket.send(datagram, bound!.port, '127.0.0.1', () => {
          if (--left === 0) socket.close()
        })
      }
    },
  })
  const running = source.run(sink, stop.signal)
  for (let wait = 0; wait < 200 && sink.flows.length < done; wait++) await sleep(20)
  stop.abort()
  return { report: await running, flows: sink.flows, source }
}

const pairs = conversations(4, 10)
const datagram = netflow5(pairs.flat())

describe('the collect source', () => {
  it('takes what comes over UDP, from loopback as from anywhere', async () => {
    const { report, flows, source } = await listen([datagram, Uint8Array.from([1, 2, 3])], {}, 10)
    expect(flows).toHaveLength(10)
    expect(report).toMatchObject({ problems: { 'unknown-protocol': 1 }, truncated: false })
    expect(report.packets).toBe(pairs.flat().reduce((sum, { packets }) => sum + packets, 0))
    expect(source.lacks()).toContain('dns')
    expect(source.lacks()).not.toContain('tcp-flags')
    expect(source.lacks()).toContain('mac')
  })

  it('takes only those allowed', async () => {
    expect((await listen([datagram], { allow: ['127.0.0.0/8'] }, 10)).flows).toHaveLength(10)
    const { report } = await listen([datagram], { allow: ['192.0.2.0/24', '2001:db8::/32'] }, 0)
    expect(report.packets).toBe(0)
  })

  it('says in one line what cannot be', async () => {
    expect(() => createCollectSource({ ...options, allow: ['10.0.0.0/40'] })).toThrow(InputError)
    const busy = createSocket('udp4')
    await new Promise<void>((resolve) => busy.bind(0, '127.0.0.1', resolve))
    const { port } = busy.address()
    await expect(listen([], { ports: [port] }, 0)).rejects.toThrow(`udp 127.0.0.1 port ${port}: already in use`)
    busy.close()
    await expect(listen([], { host: '192.0.2.77' }, 0)).rejects.toThrow('no address of this machine')
  })
})

describe('kernelDrops', () => {
  const text = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 0100007F:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 76 2 0000000000000000 17
  101: 00000000:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 0000000000000000 4
  102: B80D0120000000000000000001000000:0807 0:0 07 0:0 0:0 0     0        0 78 2 0 9`

  it('finds sockets by where they are bound', () => {
    expect(dropsIn(text, [{ address: '127.0.0.1', port: 2055 }])).toBe(17)
    expect(dropsIn(text, [{ address: '0.0.0.0', port: 2055 }])).toBe(4)
    expect(dropsIn(text, [{ address: '2001:db8::1', port: 2055 }])).toBe(9)
    expect(dropsIn(text, [{ address: '127.0.0.1', port: 2056 }])).toBe(0)
  })

  it.skipIf(process.platform !== 'linux')('counts what nobody took in time', async () => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4096 })
    const sender = createSocket('udp4')
    const bound: Bound = await new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address())))
    expect(readFileSync('/proc/net/udp', 'utf8')).toContain(bound.port.toString(16).padStart(4, '0').toUpperCase())
    let took = 0
    socket.on('message', () => took++)
    const sends = Array.from(
      { length: 2000 },
      () => new Promise((resolve) => sender.send(datagram, bound.port, bound.address, resolve)),
    )
    await Promise.all(sends)
    await sleep(200)
    expect(took + kernelDrops([bound])).toBe(2000)
    socket.close()
    sender.close()
  })
})
