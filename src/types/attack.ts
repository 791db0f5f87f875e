/** Every attack type this program can name, as shown to a person. Rules and detectors use these names and no others. */
export const ATTACK_TYPES = [
  'ARP Spoofing',
  'Beacon',
  'Brute Force',
  'Data Exfiltration',
  'DDoS',
  'DGA',
  'DHCP Starvation',
  'DNS Tunnel',
  'Host Sweep',
  'ICMP Tunnel',
  'ICS Intrusion',
  'IDS Alert',
  'Lateral Movement',
  'Long Connection',
  'Malware C&C',
  'Network Changed',
  'New Device',
  'Port Scan',
  'Rare Destination',
  'Web Attack',
] as const

/** One of the names in `ATTACK_TYPES`. */
export type AttackType = (typeof ATTACK_TYPES)[number]

/** What another detector alerts to without saying what kind of attack it is. */
export const IDS_ALERT: AttackType = 'IDS Alert'
