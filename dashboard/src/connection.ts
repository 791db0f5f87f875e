import { io, type Socket } from 'socket.io-client'
import type { ClientEvents, ServerEvents, Topic } from '../../src/types/events.ts'
import type { Live } from './live.svelte.ts'

/** Feeds `live` for as long as the page is open. */
export interface Feed {
  /** What is shown now: nothing else is sent. */
  show(topics: readonly Topic[]): void
}

/** Asks the server this page came from; a lost one is asked again. */
export function connect(live: Live): Feed {
  let shown: readonly Topic[] | null = null
  const socket: Socket<ServerEvents, ClientEvents> = io({
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
  })
  socket.on('connect', () => {
    live.connection = 'live'
    if (shown !== null) socket.emit('show', shown)
  })
  socket.on('disconnect', (reason) => {
    live.connection = 'lost'
    // Socket.IO does not come back by itself when it was the server that ended the connection.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500)
  })
  const { about, new_packet, packets, stats, incidents, timeline } = live.on
  socket.on('about', about).on('new_packet', new_packet).on('packets', packets)
  socket.on('stats', stats).on('incidents', incidents).on('timeline', timeline)
  return {
    show(topics) {
      if (shown === null ? topics.length === 3 : shown.join() === topics.join()) return
      shown = topics
      if (socket.connected) socket.emit('show', topics)
    },
  }
}
