/** How the link layer is framed, as the LINKTYPE_ registry of tcpdump.org numbers it. */
export type LinkType = number

/**
 * Takes frames from a packet source. `buffer[offset .. offset + captured)` is only valid during the call; `length` is the
 * length on the wire; `time` is epoch seconds.
 */
export interface FrameSink {
  frame(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: LinkType): void
  /** The buffer handed to `frame` is about to be reused: whatever still points into it must be dealt with now. */
  flush(): void
}

/**
 * Decoded packets as a struct of arrays: row `i` of every array is packet `i`. Reused: rows are only valid until the taker
 * of the batch returns.
 */
export interface PacketBatch {
  readonly capacity: number
  /** Rows in use. */
  count: number
  /** What `payloadAt` points into. */
  buffer: Uint8Array
  /** Epoch seconds. */
  readonly time: Float64Array
  /** Number of the frame in its input, from 1. */
  readonly frame: Int32Array
  /** Eight words a row: source, then destination, of the innermost IP header; IPv4 as ::ffff:a.b.c.d. ARP: sender and target. */
  readonly address: Int32Array
  /** IANA protocol number behind all extension headers, or 0x0806 for ARP. */
  readonly protocol: Uint16Array
  /** Source port in the high half, destination port in the low one; ICMP: type and code; ARP: opcode and 0; otherwise 0. */
  readonly ports: Int32Array
  /** Identifier of an ICMP query or reply, otherwise 0. */
  readonly identifier: Uint16Array
  /** TCP control bits as in the header's 14th byte (RFC 9293), otherwise 0. */
  readonly flags: Uint8Array
  /** Bit 0: more fragments follow. Bit 1: not the first fragment, so without a transport header of its own. */
  readonly fragment: Uint8Array
  /** IP length in bytes as its header states it; ARP: length of the message. */
  readonly length: Int32Array
  /** Bytes above the transport header, as the headers state it. */
  readonly payload: Int32Array
  /** Where those bytes start in `buffer`, and how many of them were captured. */
  readonly payloadAt: Int32Array
  readonly payloadCaptured: Int32Array
  readonly ttl: Uint8Array
  /** Outermost VLAN id, 0 without a tag. */
  readonly vlan: Uint16Array
  /** The outermost tunnel the packet came in, as `TUNNEL` numbers them; 0 for none. */
  readonly tunnel: Uint8Array
  /** Its identifier: VXLAN and Geneve network, GTP-U tunnel, key of GRE; -1 for none. Only valid where there is a tunnel. */
  readonly tunnelId: Float64Array
  /** Source and destination of that tunnel, as in `address`; only valid where there is one. */
  readonly outer: Int32Array
  /** Where the six bytes of each MAC start in `buffer`, -1 when the link has none; ARP: those of sender and target. */
  readonly srcMacAt: Int32Array
  readonly dstMacAt: Int32Array
}
