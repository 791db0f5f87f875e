import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDecoder } from '../src/decode/decoder.ts'
import { Collector } from '../src/sources/collect/collector.ts'
import { createCollectSource } from '../src/sources/collect/source.ts'
import { NETFLOW } from '../src/sources/netflow/netflow.ts'
import { SFLOW } from '../src/sources/sflow/sflow.ts'
import {
  commonFields,
  commonValues,
  conversations,
  dataSet,
  frameOf,
  ipfix,
  NOW,
  netflow5,
  netflow9,
  sflow,
  templateSet,
} from '../test/exports/datagrams.ts'
import { measure } from './measure.ts'

/** Prints what a record of an export costs from datagram to joined flow, and how fast a UDP socket can be fed without loss. */
const RECORDS = 24
const flows = Array.from({ length: 400 }, (_, i) => conversations(i, RECORDS / 2).flat())
const nine = commonFields(9)
const ten = commonFields(10)
const formats = [NETFLOW, SFLOW]
const decoder = createDecoder()

const KINDS: Readonly<Record<string, Uint8Array[]>> = {
  'NetFlow v5': flows.map((some) => netflow5(some)),
  'NetFlow v9': [
    netflow9([templateSet(9, 256, nine)]),
    ...flows.map((some) =>
      netflow9([
        dataSet(
          256,
          nine,
          some.map((flow) => commonValues(9, flow)),
        ),
      ]),
    ),
  ],
  IPFIX: [
    ipfix([templateSet(10, 256, ten)]),
    ...flows.map((some) =>
      ipfix([
        dataSet(
          256,
          ten,
          some.map((flow) => commonValues(10, flow)),
        ),
      ]),
    ),
  ],
  sFlow: flows.map((some) =>
    sflow(
      some.slice(0, 8).map((flow) => frameOf(flow, 200)),
      { rate: 100 },
    ),
  ),
}

let time = NOW
for (const [kind, datagrams] of Object.entries(KINDS)) {
  const collector = new Collector({ formats, decoder, name: 'bench' }, () => {})
  const records = kind === 'sFlow' ? 8 : RECORDS
  measure(`${kind}, a record`, datagrams.length * records * 5, () => {
    for (let round = 0; round < 5; round++) {
      time += 60
      for (const datagram of datagrams) collector.datagram(datagram, '192.0.2.1', time)
    }
  })
}

/** Sends at a rate for two seconds; returns how many datagrams came, and how many the kernel says it dropped. */
async function feed(rate: number): Promise<{ sent: number; came: number; dropped: number }> {
  const stop = new AbortController()
  const clock = { now: () => Date.now() / 1000, sleep: async () => {} }
  let sent = 0
  const source = createCollectSource({
    ...{ name: 'bench', seed: 1, clock, formats, decoder, host: '127.0.0.1', ports: [0], allow: [] },
    async onListening([bound]) {
      const socket = createSocket('udp4')
      const start = performance.now()
      const total = rate * 2
      while (sent < total) {
        const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate))
        for (; sent < due; sent++) socket.send(KINDS['NetFlow v5']![sent % 400]!, bound!.port, bound!.address)
        await sleep(1)
      }
      await sleep(1000)
      socket.close()
      stop.abort()
    },
  })
  const none = (): void => {}
  const { problems } = await source.run({ frame: none, flush: none, flow: none, tick: none }, stop.signal)
  return { sent, came: source.counters!()['collect.datagrams'] ?? 0, dropped: problems['dropped-by-kernel'] ?? 0 }
}

for (const rate of [1_000, 2_000, 4_000, 8_000, 16_000]) {
  const { sent, came, dropped } = await feed(rate)
  console.log(
    `${rate} datagrams/s of ${RECORDS} records: sent ${sent}, came ${came}, dropped by the kernel ${dropped}, unaccounted ${sent - came - dropped}`,
  )
}
