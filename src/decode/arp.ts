import { PROTOCOL } from '../net/flow-record.ts'
import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

/** Header and addresses of ARP for IPv4 over Ethernet. */
const LENGTH = 28
/** Protocol type IPv4, hardware address length 6, protocol address length 4. */
const IPV4_OVER_MAC = 0x08000604

/** ARP (RFC 826): a row of its own, from the sender's to the target's protocol address, with their hardware addresses. */
export function decodeArp(frame: Frame): Layer {
  if (!frame.holds(8)) return frame.reject('truncated-arp')
  const { view, at, batch, row } = frame
  if (view.getUint32(at + 2) !== IPV4_OVER_MAC) return frame.reject('arp-not-ipv4-over-ethernet')
  if (!frame.holds(LENGTH)) return frame.reject('truncated-arp')
  batch.protocol[row] = PROTOCOL.arp
  batch.ports[row] = view.getUint16(at + 6) << 16
  batch.length[row] = LENGTH
  batch.srcMacAt[row] = at + 8
  batch.dstMacAt[row] = at + 18
  const { address } = batch
  const word = row * 8
  address[word] = 0
  address[word + 1] = 0
  address[word + 2] = 0xffff
  address[word + 3] = view.getInt32(at + 14)
  address[word + 4] = 0
  address[word + 5] = 0
  address[word + 6] = 0xffff
  address[word + 7] = view.getInt32(at + 24)
  frame.at = at + LENGTH
  frame.limit(frame.at)
  return frame.accept()
}
