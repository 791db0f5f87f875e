import { io, type Socket } from 'socket.io-client'
import type { ClientEvents, ServerEvents } from '../../src/types/events.ts'
import type { Live } from './live.svelte.ts'

/** Feeds `live` from the server this page came from, for as long as the page is open; a lost server is asked again. */
export function connect(live: Live): void {
  const socket: Socket<ServerEvents, ClientEvents> = io({
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
  })
  socket.on('connect', () => {
    live.connection = 'live'
  })
  socket.on('disconnect', (reason) => {
    live.connection = 'lost'
    // Socket.IO does not come back by itself when it was the server that ended the connection.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500)
  })
  const { about, new_packet, packets, stats, incidents, timeline } = live.on
  socket.on('about', about).on('new_packet', new_packet).on('packets', packets)
  socket.on('stats', stats).on('incidents', incidents).on('timeline', timeline)
}
