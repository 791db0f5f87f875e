// Prints, a line of JSON each, the incidents a page gets and the machine's steady clock in nanoseconds: `node bench/listen.mjs URL`.
import { io } from 'socket.io-client'

const page = io(process.argv[2], { transports: ['websocket'] })
const tell = (what) => process.stdout.write(`${JSON.stringify({ at: String(process.hrtime.bigint()), ...what })}\n`)
page.on('stats', () => tell({ ready: true }))
page.on('incidents', (incidents) => tell({ sources: incidents.flatMap(({ sources }) => sources) }))
