/**
 * What an exporter told of one direction of a flow, or of both. Reused for all: it is only valid while it is handed on.
 * Counts are as exported, to be multiplied by `rate`.
 */
export class HalfFlow {
  /** Source and destination, four words each. */
  readonly address = new Int32Array(8)
  protocol = 0
  /** Transport ports. ICMP: type and code. */
  srcPort = 0
  dstPort = 0
  /** Epoch seconds. */
  first = 0
  last = 0
  packets = 0
  bytes = 0
  /** Bytes above the transport header; -1 where nobody counted them. */
  payload = -1
  /** TCP control bits of all packets; 0 where they were not told. */
  flags = 0
  reversePackets = 0
  reverseBytes = 0
  reverseFlags = 0
  /** Both directions are told: the source is the originator. */
  biflow = false
  /** One packet of many, to be gathered: no flow as the exporter saw it. */
  sample = false
  /** Packets each counted one stands for. */
  rate = 1
  /** IPFIX flowEndReason (136), 0 unknown. */
  endReason = 0
  srcMac = 0
  dstMac = 0
  vlan = 0
  ttl = 0
  /** IP lengths, 0 unknown. */
  lengthMin = 0
  lengthMax = 0

  /** Forgets what most records do not tell. */
  clear(): void {
    this.payload = -1
    this.flags = this.reversePackets = this.reverseBytes = this.reverseFlags = 0
    this.biflow = this.sample = false
    this.rate = 1
    this.endReason = this.srcMac = this.dstMac = this.vlan = this.ttl = this.lengthMin = this.lengthMax = 0
  }
}
