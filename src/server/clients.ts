import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from 'pino'
import type { Socket, Server as SocketServer } from 'socket.io'
import { type ClientEvents, type ServerEvents, TOPICS, type Topic } from '../types/events.ts'
import { SOCKET_EVENTS } from './access.ts'
import { TICKS_PER_SECOND } from './broadcast.ts'

/** Everybody who keeps up is in this room, and in one for each topic the page shows. */
const LIVE = 'live'
const ROOMS: Partial<Record<keyof ServerEvents, Topic>> = {
  new_packet: 'flows',
  packets: 'flows',
  incidents: 'incidents',
  timeline: 'timeline',
}

/** Who an event goes to. */
export function roomOf(event: keyof ServerEvents): string {
  return ROOMS[event] ?? LIVE
}

/**
 * Bytes that may wait for one client. As much again may be on its way to the socket and one tick is at most as much, so that
 * a client costs below 1 MiB.
 */
const MAX_QUEUED = 256 * 1024
/** Seconds a client may stand still before it is cut. */
export const PATIENCE = 30

type Page = Socket<ClientEvents, ServerEvents>

/** Watches how well each client reads. One that does not is sent nothing until it has caught up, then everything anew. */
export class Clients {
  /** Ticks not sent to somebody who did not read. */
  withheld = 0
  /** Clients cut because they did not read at all. */
  cut = 0
  readonly #io: SocketServer<ClientEvents, ServerEvents>
  readonly #welcome: (page: Page) => void
  readonly #logger: Logger
  readonly #patience: number
  readonly #stalled = new Map<Page, number>()
  readonly #topics = new WeakMap<Page, readonly Topic[]>()

  /** `welcome` sends a client the whole state; `patience` in seconds. */
  constructor(
    io: SocketServer<ClientEvents, ServerEvents>,
    welcome: (page: Page) => void,
    logger: Logger,
    patience: number,
  ) {
    this.#io = io
    this.#welcome = welcome
    this.#logger = logger
    this.#patience = patience * TICKS_PER_SECOND
    io.on('connection', (page) => this.#connected(page))
  }

  get size(): number {
    return this.#io.sockets.sockets.size
  }

  /** Looks at every client; to be called once a tick. */
  check(): void {
    for (const page of this.#io.sockets.sockets.values()) {
      const ticks = this.#stalled.get(page)
      if (ticks === undefined) {
        if (queued(page) > MAX_QUEUED) this.#pause(page)
      } else if (backlog(page).length === 0) this.#resume(page)
      else if (ticks >= this.#patience) this.#end(page)
      else {
        this.#stalled.set(page, ticks + 1)
        this.withheld++
      }
    }
  }

  /** Ends every connection whose request, asked again, may not be here. */
  keep(mayStay: (headers: IncomingHttpHeaders) => boolean): void {
    for (const page of this.#io.sockets.sockets.values()) {
      if (!mayStay(page.handshake.headers)) page.disconnect(true)
    }
  }

  /** What a page shows from now on; whatever else it says is not listened to. */
  #shows(page: Page, said: unknown): void {
    const wanted = Array.isArray(said) ? TOPICS.filter((topic) => said.includes(topic)) : []
    const before = this.#topics.get(page) ?? TOPICS
    this.#topics.set(page, wanted)
    if (this.#stalled.has(page)) return
    for (const topic of before) if (!wanted.includes(topic)) void page.leave(topic)
    if (wanted.some((topic) => !before.includes(topic))) this.#admit(page)
  }

  #connected(page: Page): void {
    const address = page.conn.remoteAddress
    this.#logger.info({ address, clients: this.size }, 'Client connected')
    const events: Record<string, (said: unknown) => void> = { show: (said) => this.#shows(page, said) }
    for (const name of Object.keys(SOCKET_EVENTS)) page.on(name as keyof ClientEvents, events[name]!)
    page.on('disconnect', (reason) => {
      this.#stalled.delete(page)
      this.#logger.info({ address, reason, clients: this.size }, 'Client disconnected')
    })
    this.#admit(page)
  }

  #admit(page: Page): void {
    this.#welcome(page)
    void page.join([LIVE, ...(this.#topics.get(page) ?? TOPICS)])
  }

  #pause(page: Page): void {
    this.#stalled.set(page, 0)
    for (const room of [LIVE, ...TOPICS]) void page.leave(room)
    this.#logger.warn({ address: page.conn.remoteAddress }, 'client does not keep up, updates held back')
  }

  #resume(page: Page): void {
    this.#stalled.delete(page)
    this.#admit(page)
  }

  /** A closing handshake would wait for a client that does not read: the connection is dropped. */
  #end(page: Page): void {
    this.cut++
    this.#stalled.delete(page)
    this.#logger.warn({ address: page.conn.remoteAddress }, 'client cut, it does not read')
    page.conn.close(true)
    page.conn.request.socket.destroy()
  }
}

function queued(page: Page): number {
  let length = 0
  for (const { data } of backlog(page)) length += typeof data === 'string' ? data.length : 0
  return length
}

/** What waits in Engine.IO's buffer, which is where a backlog gathers (not in the WebSocket's own); typed private there. */
function backlog(page: Page): { data?: unknown }[] {
  return (page.conn as unknown as { writeBuffer: { data?: unknown }[] }).writeBuffer
}
