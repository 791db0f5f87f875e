import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { type Payload, readUint16 } from './payload.ts'

const PORT = 69
const READ = 1
const WRITE = 2

/** True for a request to read or write a file, the only messages on TFTP's port (RFC 1350). */
export function isTftp({ bytes, at, end, dstPort }: Payload): boolean {
  if (dstPort !== PORT || end - at < 4) return false
  const operation = readUint16(bytes, at)
  return operation === READ || operation === WRITE
}

/** TFTP: the first file asked for, and how often one was to be written. */
export class TftpConversation implements Conversation {
  #file = ''
  #writes = 0

  read(payload: Payload): Wants {
    if (!isTftp(payload)) return WANTS.more
    const { bytes, at, end } = payload
    if (readUint16(bytes, at) === WRITE) this.#writes++
    let stop = at + 2
    while (stop < end && bytes[stop] !== 0) stop++
    if (this.#file === '') this.#file = printable(bytes, at + 2, stop)
    return WANTS.more
  }

  service(): string {
    return 'tftp'
  }

  names(): FlowNames {
    const names = { tftpFile: this.#file, tftpWrites: this.#writes }
    this.#writes = 0
    return names
  }
}
