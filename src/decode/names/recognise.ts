import type { Conversation } from './conversation.ts'
import { DnsConversation, isDns } from './dns.ts'
import { HttpConversation, isHttp } from './http.ts'
import type { Payload } from './payload.ts'

/** The conversation that begins with `payload`, by its content; null when it is of no protocol known here. */
export function recognise(payload: Payload): Conversation | null {
  if (isDns(payload)) return new DnsConversation()
  return payload.tcp ? recogniseStream(payload) : null
}

function recogniseStream(payload: Payload): Conversation | null {
  if (isHttp(payload)) return new HttpConversation()
  return null
}
