import { createPacketBatch, FRAGMENT } from '../net/packet-batch.ts'
import type { PacketBatch } from '../types/packet.ts'
import { FragmentPorts } from './fragments.ts'
import { LAYER, type Layer } from './layers.ts'
import { Reasons } from './reasons.ts'

const NOTHING = new DataView(new ArrayBuffer(0))

/** The frame being decoded: where the layers read, and the row of the batch they fill. One is reused for all frames. */
export class Frame {
  readonly batch: PacketBatch = createPacketBatch()
  readonly reasons = new Reasons()
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

  /** True when at least `bytes` were captured from `at` on. */
  holds(bytes: number): boolean {
    return this.end - this.at >= bytes
  }

  /** Ends what may be read at `offset`, which the headers say is the end. */
  limit(offset: number): void {
    this.wireEnd = offset
    if (offset < this.end) this.end = offset
  }

  /** The frame is not decodable: counts why. */
  reject(reason: string): Layer {
    this.reasons.count(reason)
    return LAYER.done
  }

  rejectNumber(kind: string, number: number, radix: 10 | 16): Layer {
    this.reasons.countNumber(kind, number, radix)
    return LAYER.done
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

  #resolveFragment(): void {
    const { batch, row } = this
    if ((batch.fragment[row]! & FRAGMENT.later) === 0) this.fragments.remember(batch, row, this.fragmentId)
    else this.fragments.recall(batch, row, this.fragmentId)
  }
}
