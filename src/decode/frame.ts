import { createPacketBatch, FRAGMENT } from '../net/packet-batch.ts'
import { tunnelName } from '../net/tunnel.ts'
import type { PacketBatch } from '../types/packet.ts'
import { Carrier } from './carrier.ts'
import { FragmentPorts } from './fragments.ts'
import { LAYER, type Layer } from './layers.ts'
import { Reasons } from './reasons.ts'

const NOTHING = new DataView(new ArrayBuffer(0))

/** The frame being decoded: where the layers read, and the row of the batch they fill. One is reused for all frames. */
export class Frame {
  readonly batch: PacketBatch = createPacketBatch()
  readonly reasons = new Reasons()
  /** What was found in tunnels and not decoded; the frame made a row of its carrier. */
  readonly inside = new Reasons()
  /** Outermost tunnels, by kind. */
  readonly opened = new Reasons()
  /** Tunnels open in this frame. */
  tunnels = 0
  readonly #carrier = new Carrier()
  readonly fragments = new FragmentPorts()
  view: DataView = NOTHING
  /** Offset of the header to read next. */
  at = 0
  /** End of the bytes captured, and of those that were on the wire: a snap length or a lying header sets them apart. */
  end = 0
  wireEnd = 0
  /** Row being filled. */
  row = 0
  /** IP identification of a fragment. */
  fragmentId = 0

  /** True when the row is a fragment: stated lengths may lead beyond it. */
  get isFragment(): boolean {
    return this.batch.fragment[this.row] !== 0
  }

  /** True when at least `bytes` were captured from `at` on. */
  holds(bytes: number): boolean {
    return this.end - this.at >= bytes
  }

  /** Ends what may be read at `offset`, which the headers say is the end. */
  limit(offset: number): void {
    this.wireEnd = offset
    if (offset < this.end) this.end = offset
  }

  /** The frame is not decodable: counts why. In a tunnel only what is inside is not, and the row is the carrier's. */
  reject(reason: string): Layer {
    if (this.tunnels > 0) {
      this.inside.count(reason)
      return this.#acceptCarrier()
    }
    this.reasons.count(reason)
    return LAYER.done
  }

  rejectNumber(kind: string, number: number, radix: 10 | 16): Layer {
    if (this.tunnels > 0) {
      this.inside.countNumber(kind, number, radix)
      return this.#acceptCarrier()
    }
    this.reasons.countNumber(kind, number, radix)
    return LAYER.done
  }

  /** The row so far is that of a tunnel (with the identifier `id`), whose payload starts at `at`: what is inside replaces it. */
  openTunnel(tunnel: number, id = -1): void {
    const { batch, row } = this
    if (batch.fragment[row] !== 0) this.fragments.remember(batch, row, this.fragmentId)
    if (this.tunnels === 0) {
      this.opened.count(tunnelName(tunnel))
      batch.tunnel[row] = tunnel
      batch.tunnelId[row] = id
      for (let i = row * 8; i < row * 8 + 8; i++) batch.outer[i] = batch.address[i]!
    }
    this.tunnels++
    this.#carrier.keep(batch, row, this.at, this.end, this.wireEnd, this.fragmentId)
    batch.ports[row] = 0
    batch.fragment[row] = 0
    batch.srcMacAt[row] = -1
    batch.dstMacAt[row] = -1
  }

  /** The row is complete; from `at` on there is payload. */
  accept(): Layer {
    const { batch, row, at } = this
    batch.payload[row] = this.wireEnd > at ? this.wireEnd - at : 0
    batch.payloadAt[row] = at
    batch.payloadCaptured[row] = this.end > at ? this.end - at : 0
    if (batch.fragment[row] !== 0) this.#resolveFragment()
    batch.count = row + 1
    return LAYER.done
  }

  #acceptCarrier(): Layer {
    const { batch, row } = this
    const carrier = this.#carrier
    carrier.restore(batch, row)
    this.tunnels--
    if (this.tunnels === 0) batch.tunnel[row] = 0
    this.at = carrier.at
    this.end = carrier.end
    this.wireEnd = carrier.wireEnd
    this.fragmentId = carrier.fragmentId
    return this.accept()
  }

  #resolveFragment(): void {
    const { batch, row } = this
    if ((batch.fragment[row]! & FRAGMENT.later) === 0) this.fragments.remember(batch, row, this.fragmentId)
    else this.fragments.recall(batch, row, this.fragmentId)
  }
}
