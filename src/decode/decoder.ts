import { clearBatch, clearRow } from '../net/packet-batch.ts'
import type { LinkType, PacketBatch } from '../types/packet.ts'
import { decodeArp } from './arp.ts'
import { decodeEthernet } from './ethernet.ts'
import { Frame } from './frame.ts'
import { decodeIcmp } from './icmp.ts'
import { decodeIcmp6 } from './icmp6.ts'
import { decodeIPv4 } from './ipv4.ts'
import { decodeIPv6 } from './ipv6.ts'
import { LAYER, type Layer, linkLayer } from './layers.ts'
import { decodeLinuxSll, decodeLinuxSll2 } from './linux-sll.ts'
import { decodeLlc } from './llc.ts'
import { decodeLoopback } from './loopback.ts'
import { decodeMpls } from './mpls.ts'
import { decodePpp, decodePppoe } from './ppp.ts'
import { decodeRaw } from './raw.ts'
import { decodeSctp } from './sctp.ts'
import { decodeTcp } from './tcp.ts'
import { decodeErspan, decodeErspan3 } from './tunnels/erspan.ts'
import { decodeGeneve } from './tunnels/geneve.ts'
import { decodeGre } from './tunnels/gre.ts'
import { decodeGtp } from './tunnels/gtp.ts'
import { decodeIPInIP } from './tunnels/ip-in-ip.ts'
import { decodeTeredo } from './tunnels/teredo.ts'
import { decodeVxlan } from './tunnels/vxlan.ts'
import { decodeUdp } from './udp.ts'
import { decodeVlan } from './vlan.ts'

/** Headers followed in one frame; what is nested deeper is counted as `too-deep`. */
const DEPTH_MAX = 16
/** A length on the wire beyond this is taken as this. */
const LENGTH_MAX = 0x1000_0000

/** Turns frames into rows of one reused batch, or counts why not. Never throws on content. */
export interface Decoder {
  /** The rows decoded since `clear`; they point into the buffer of the frames. */
  readonly batch: PacketBatch
  /** Decodes one frame. True when the batch is full: take its rows and `clear` it before the next frame. */
  decode(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: LinkType): boolean
  /** Forgets the rows; also due whenever the buffer is about to be reused. */
  clear(): void
  /** Frames that made no row, by reason: `lldp`, `truncated-ipv4`, `unknown-link-type-147` ... */
  counters(): Record<string, number>
  /** Tunnels opened, by kind, and what was in them and not decoded, by reason: `inside-truncated-ipv4` ... */
  tunnels(): Record<string, number>
}

/** A decoder for one input: frames are numbered from 1. */
export function createDecoder(): Decoder {
  return new FrameDecoder()
}

class FrameDecoder implements Decoder {
  readonly #frame = new Frame()
  readonly batch = this.#frame.batch
  #number = 0

  decode(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: LinkType): boolean {
    const frame = this.#frame
    const batch = frame.batch
    if (buffer !== batch.buffer) {
      batch.buffer = buffer
      frame.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    }
    this.#number = (this.#number + 1) | 0
    const row = batch.count
    frame.row = row
    frame.tunnels = 0
    // Kept small integers: one double among them, and V8 makes doubles of all offsets.
    frame.at = offset | 0
    frame.end = (offset + captured) | 0
    frame.wireEnd = (offset + Math.min(Math.max(length, captured), LENGTH_MAX)) | 0
    batch.time[row] = time
    batch.frame[row] = this.#number

    let layer = linkLayer(link)
    if (layer === LAYER.done) frame.rejectNumber('unknown-link-type', link, 10)
    for (let depth = 0; layer !== LAYER.done; depth++) {
      layer = depth === DEPTH_MAX ? frame.reject('too-deep') : decodeLayer(frame, layer)
    }
    if (batch.count === row) clearRow(batch, row)
    return batch.count === batch.capacity
  }

  clear(): void {
    clearBatch(this.batch)
    this.#frame.fragments.forgetRows()
  }

  counters(): Record<string, number> {
    return this.#frame.reasons.counters()
  }

  tunnels(): Record<string, number> {
    const inside = Object.entries(this.#frame.inside.counters()).map(([reason, count]) => [`inside-${reason}`, count])
    return { ...this.#frame.opened.counters(), ...Object.fromEntries(inside) }
  }
}

function decodeLayer(frame: Frame, layer: Layer): Layer {
  switch (layer) {
    case LAYER.ethernet:
      return decodeEthernet(frame)
    case LAYER.ipv4:
      return decodeIPv4(frame)
    case LAYER.tcp:
      return decodeTcp(frame)
    case LAYER.udp:
      return decodeUdp(frame)
    case LAYER.ipv6:
      return decodeIPv6(frame)
    case LAYER.icmp:
      return decodeIcmp(frame)
    case LAYER.icmp6:
      return decodeIcmp6(frame)
    case LAYER.vlan:
      return decodeVlan(frame)
    case LAYER.arp:
      return decodeArp(frame)
    case LAYER.llc:
      return decodeLlc(frame)
    case LAYER.linuxSll:
      return decodeLinuxSll(frame)
    case LAYER.linuxSll2:
      return decodeLinuxSll2(frame)
    case LAYER.loopback:
      return decodeLoopback(frame)
    case LAYER.raw:
      return decodeRaw(frame)
    default:
      return decodeCarrier(frame, layer)
  }
}

/** What carries other packets, and what is seldom seen. */
function decodeCarrier(frame: Frame, layer: Layer): Layer {
  switch (layer) {
    case LAYER.mpls:
      return decodeMpls(frame)
    case LAYER.pppoe:
      return decodePppoe(frame)
    case LAYER.ppp:
      return decodePpp(frame)
    case LAYER.sctp:
      return decodeSctp(frame)
    case LAYER.gre:
      return decodeGre(frame)
    case LAYER.erspan:
      return decodeErspan(frame)
    case LAYER.erspan3:
      return decodeErspan3(frame)
    case LAYER.vxlan:
      return decodeVxlan(frame)
    case LAYER.geneve:
      return decodeGeneve(frame)
    case LAYER.gtp:
      return decodeGtp(frame)
    case LAYER.teredo:
      return decodeTeredo(frame)
    default:
      return decodeIPInIP(frame, layer)
  }
}
