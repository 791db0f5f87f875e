import { Payload } from '../src/decode/names/payload.ts'
import { isQuic, QuicConversation } from '../src/decode/names/quic.ts'
import { TlsConversation } from '../src/decode/names/tls.ts'
import { clientHello, cryptoFrame, quicInitial } from '../test/craft/index.ts'
import { measure } from './measure.ts'

/** Prints what the hello of a connection costs: opened and fingerprinted over QUIC, fingerprinted over TLS. */
const CONNECTIONS = 5_000

const payload = new Payload()
payload.forward = true

function show(bytes: Uint8Array, i: number): void {
  payload.bytes = bytes
  payload.at = 0
  payload.end = bytes.length
  payload.time = i
}

const record = clientHello({ serverName: 'www.example.com' })
const initial = quicInitial({ frames: cryptoFrame(0, record.subarray(5)) })
const broken = Uint8Array.from(initial)
broken[600]! ^= 1

measure('QUIC hello', CONNECTIONS, () => {
  for (let i = 0; i < CONNECTIONS; i++) {
    show(initial, i)
    if (!isQuic(payload)) throw new Error('no QUIC')
    new QuicConversation().read(payload)
  }
})
measure('QUIC garbage', CONNECTIONS, () => {
  for (let i = 0; i < CONNECTIONS; i++) {
    show(broken, i)
    if (isQuic(payload)) new QuicConversation().read(payload)
  }
})
measure('TLS hello', CONNECTIONS, () => {
  for (let i = 0; i < CONNECTIONS; i++) {
    show(record, i)
    new TlsConversation().read(payload)
  }
})
