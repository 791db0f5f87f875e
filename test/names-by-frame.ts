import { createDecoder } from '../src/decode/decoder.ts'
import { Payload } from '../src/decode/names/payload.ts'
import { recognise } from '../src/decode/names/recognise.ts'
import { PROTOCOL } from '../src/net/flow-record.ts'
import { FRAGMENT } from '../src/net/packet-batch.ts'
import { createPcapSource } from '../src/sources/pcap/pcap.ts'
import type { FlowNames } from '../src/types/flow.ts'
import type { PacketBatch } from '../src/types/packet.ts'

/** What the readers make of each frame of a capture by itself, by frame number. */
export async function namesByFrame(path: string): Promise<Map<number, FlowNames>> {
  const found = new Map<number, FlowNames>()
  const decoder = createDecoder()
  const payload = new Payload()
  const take = (): void => {
    for (let row = 0; row < decoder.batch.count; row++) {
      const names = namesOf(decoder.batch, row, payload)
      if (names !== null) found.set(decoder.batch.frame[row]!, names)
    }
    decoder.clear()
  }
  const sink = {
    frame: (buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: number): void => {
      if (decoder.decode(buffer, offset, captured, length, time, link)) take()
    },
    flush: take,
    flow: () => {},
    tick: () => {},
  }
  await createPcapSource({ path }).run(sink, new AbortController().signal)
  take()
  return found
}

function namesOf(batch: PacketBatch, row: number, payload: Payload): FlowNames | null {
  const protocol = batch.protocol[row]
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return null
  if ((batch.fragment[row]! & FRAGMENT.later) !== 0 || batch.payloadCaptured[row] === 0) return null
  payload.set(batch, row, true)
  const conversation = recognise(payload)
  conversation?.read(payload)
  return conversation?.names() ?? null
}
