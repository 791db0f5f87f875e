import { oddity } from '../../net/oddity.ts'
import { Target } from '../../net/percent.ts'
import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { HeaderFields, RequestLine, responseStatus } from './http-head.ts'
import type { Payload } from './payload.ts'

/** Requests of a flow, or slice, that are read and not only counted. */
const READ_MAX = 256

const line = new RequestLine()
const fields = new HeaderFields()
const target = new Target()

/** True for an HTTP/1 request or response. */
export function isHttp({ bytes, at, end }: Payload): boolean {
  return line.read(bytes, at, end) || responseStatus(bytes, at, end) > 0
}

/** HTTP/1 (RFC 9112): the first request in full, of those that follow the one that looks most like an attack. */
export class HttpConversation implements Conversation {
  #method = ''
  #path = ''
  #host = ''
  #agent = ''
  #status = 0
  #requests = 0
  #errors = 0
  #oddPath = ''
  #oddity = 0
  /** A request is waiting for its response. */
  #unanswered = true
  /** The header fields of the first request were not all in its first segment. */
  #headOpen = false

  read({ bytes, at, end }: Payload): Wants {
    if (line.read(bytes, at, end)) return this.#readRequest(bytes, at, end)
    if (this.#unanswered) this.#readResponse(bytes, at, end)
    return WANTS.more
  }

  service(byPort: string): string {
    return byPort === 'winrm' ? byPort : 'http'
  }

  names(): FlowNames {
    const names: FlowNames = { httpRequests: this.#requests, httpErrors: this.#errors }
    if (this.#method !== '') {
      names.httpMethod = this.#method
      names.httpPath = this.#path
    }
    if (this.#host !== '') names.httpHost = this.#host
    if (this.#agent !== '') names.httpUserAgent = this.#agent
    if (this.#status > 0) names.httpStatus = this.#status
    if (this.#oddPath !== '') names.httpOddPath = this.#oddPath
    this.#requests = 0
    this.#errors = 0
    this.#oddPath = ''
    this.#oddity = 0
    return names
  }

  #readRequest(bytes: Uint8Array, at: number, end: number): Wants {
    if (!this.#headOpen) this.#requests++
    this.#unanswered = true
    if (this.#requests > READ_MAX) return WANTS.more
    target.decode(bytes, line.targetAt, line.targetEnd)
    if (this.#method === '' || this.#headOpen) return this.#readFirst(bytes, at, end)
    this.#keepOddest()
    return WANTS.more
  }

  #readFirst(bytes: Uint8Array, at: number, end: number): Wants {
    this.#method = printable(bytes, at, line.methodEnd)
    this.#path = printable(target.bytes, 0, target.length)
    this.#keepOddest()
    fields.read(bytes, line.next, end)
    if (fields.hostAt >= 0) this.#host = printable(bytes, fields.hostAt, fields.hostEnd)
    if (fields.agentAt >= 0) this.#agent = printable(bytes, fields.agentAt, fields.agentEnd)
    this.#headOpen = !fields.complete && (fields.hostAt < 0 || fields.agentAt < 0)
    return this.#headOpen ? WANTS.rest : WANTS.more
  }

  #keepOddest(): void {
    const odd = oddity(target.bytes, target.length)
    if (odd <= this.#oddity) return
    this.#oddity = odd
    this.#oddPath = printable(target.bytes, 0, target.length)
  }

  #readResponse(bytes: Uint8Array, at: number, end: number): void {
    const status = responseStatus(bytes, at, end)
    if (status < 200) return
    this.#unanswered = false
    if (this.#status === 0) this.#status = status
    if (status >= 400) this.#errors++
  }
}
