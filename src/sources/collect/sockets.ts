import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { InputError } from '../../types/errors.ts'
import { type Bound, kernelDrops } from './kernel-drops.ts'

/** Asked of the kernel, which gives what `net.core.rmem_max` allows. */
const RECEIVE_BUFFER = 8 * 2 ** 20

/** UDP sockets that all give what comes to one taker. */
export class Sockets {
  readonly bound: Bound[] = []
  readonly #take: (bytes: Uint8Array, address: string) => void
  readonly #sockets: Socket[] = []
  readonly #fault = new AbortController()

  constructor(take: (bytes: Uint8Array, address: string) => void) {
    this.#take = take
  }

  /** Listens at a port; throws an `InputError` where that cannot be. */
  async open(host: string, port: number): Promise<void> {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER })
    this.#sockets.push(socket)
    socket.on('message', (bytes, { address }) => this.attempt(() => this.#take(bytes, plain(address))))
    try {
      socket.bind(port, host)
      await once(socket, 'listening')
    } catch (error) {
      throw new InputError(`udp ${host} port ${port}: ${reasonOf(error as NodeJS.ErrnoException)}`)
    }
    socket.on('error', (error) => this.#fault.abort(error))
    const { address, port: actual } = socket.address()
    this.bound.push({ address, port: actual })
  }

  /** Datagrams the kernel dropped so far. */
  drops(): number {
    return kernelDrops(this.bound)
  }

  /** Does what a fault of which ends `untilClosed`. */
  attempt(step: () => void): void {
    try {
      if (!this.#fault.signal.aborted) step()
    } catch (error) {
      this.#fault.abort(error)
    }
  }

  /** Resolves when `signal` aborts; rejects with the first fault. */
  async untilClosed(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#fault.signal])
    if (!either.aborted) await once(either, 'abort')
    if (this.#fault.signal.aborted) throw this.#fault.signal.reason
  }

  close(): void {
    for (const socket of this.#sockets) socket.close()
  }
}

/** Without the name of an interface, and IPv4 as such. */
function plain(address: string): string {
  const end = address.indexOf('%')
  const bare = end < 0 ? address : address.slice(0, end)
  return bare.startsWith('::ffff:') ? bare.slice(7) : bare
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'already in use by another program'
  if (code === 'EACCES') return 'permission denied'
  return code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' ? 'no address of this machine' : message
}
