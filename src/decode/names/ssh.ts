import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import type { Payload } from './payload.ts'

/** Bytes of the longest identification string (RFC 4253, 4.2). */
const BANNER_MAX = 255
/** Payloads without the originator's until it is given up. */
const PAYLOADS_MAX = 8

/** True for an identification string. */
export function isSsh(payload: Payload): boolean {
  return payload.startsWith('SSH-')
}

/** SSH: what the originator calls itself, or the responder while the originator has said nothing. */
export class SshConversation implements Conversation {
  #banner = ''
  #payloads = 0

  read(payload: Payload): Wants {
    if (isSsh(payload) && (payload.forward || this.#banner === '')) this.#banner = bannerOf(payload)
    return payload.forward || ++this.#payloads === PAYLOADS_MAX ? WANTS.nothing : WANTS.more
  }

  service(): string {
    return 'ssh'
  }

  names(): FlowNames {
    return { ssh: this.#banner }
  }
}

function bannerOf({ bytes, at, end }: Payload): string {
  const stop = Math.min(end, at + BANNER_MAX)
  let i = at
  while (i < stop && bytes[i] !== 0x0d && bytes[i] !== 0x0a) i++
  return printable(bytes, at, i)
}
