/** What one input shows of traffic and another does not, beyond who talked to whom, when, how much and how it ended. */
export const SIGHTS = {
  dns: 'DNS names',
  tls: 'TLS names',
  http: 'HTTP requests',
  ssh: 'SSH versions',
  dhcp: 'DHCP messages',
  modbus: 'Modbus content',
  tftp: 'TFTP content',
  service: 'protocols told by content',
  'packet-gaps': 'gaps between packets',
  'packet-lengths': 'lengths of single packets',
  'tcp-flags': 'TCP flags',
  'flag-counts': 'counts of TCP flags',
  slices: 'connections that still go on',
  arp: 'ARP',
  mac: 'hardware addresses',
  vlan: 'VLANs',
  ttl: 'times to live',
} as const

export type Sight = keyof typeof SIGHTS

/** What inputs that show the same cannot serve. */
export interface Blindness {
  /** Names of the sources. */
  sources: string[]
  lacks: Sight[]
  /** Titles of what cannot be found there. */
  to: string[]
  /** Names of the features that say nothing there. */
  features: string[]
}
