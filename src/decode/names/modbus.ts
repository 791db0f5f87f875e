import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { type Payload, readUint16 } from './payload.ts'

const PORT = 502
/** Bytes before the function code: the MBAP header (Modbus Messaging on TCP/IP 1.0b). */
const HEADER = 7
/** Unit and function code at least; a protocol data unit has at most 253 bytes. */
const LENGTH_MIN = 2
const LENGTH_MAX = 254
/** Function codes that read coils, inputs, registers, files and queues, and those that change them. */
const READS = new Set([1, 2, 3, 4, 20, 24])
const WRITES = new Set([5, 6, 15, 16, 21, 22, 23])

/** True for a Modbus message on its port. */
export function isModbus(payload: Payload): boolean {
  return payload.isOn(PORT) && isMessage(payload.bytes, payload.at, payload.end)
}

function isMessage(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at <= HEADER || readUint16(bytes, at + 2) !== 0) return false
  const length = readUint16(bytes, at + 4)
  return length >= LENGTH_MIN && length <= LENGTH_MAX
}

/** Modbus over TCP: requests by what they do. */
export class ModbusConversation implements Conversation {
  #reads = 0
  #writes = 0

  read({ bytes, at, end, dstPort }: Payload): Wants {
    if (dstPort !== PORT) return WANTS.more
    for (let next = at; isMessage(bytes, next, end); next += HEADER - 1 + readUint16(bytes, next + 4)) {
      const code = bytes[next + HEADER]!
      if (READS.has(code)) this.#reads++
      else if (WRITES.has(code)) this.#writes++
    }
    return WANTS.more
  }

  service(): string {
    return 'modbus'
  }

  names(): FlowNames {
    const names = { modbusReads: this.#reads, modbusWrites: this.#writes }
    this.#reads = 0
    this.#writes = 0
    return names
  }
}
