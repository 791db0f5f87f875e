import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/config.ts'
import { run } from '../../src/run.ts'
import { findData } from '../tabular/sets.ts'

/** Real captures of attacks, and what each may rightly be called. */
const ATTACKS: readonly [file: string, ...names: string[]][] = [
  ['TCP_SYN_SCAN.pcap', 'Port Scan'],
  ['TCP_CONNECT_SCAN.pcap', 'Port Scan'],
  ['FIN_SCAN.pcap', 'Port Scan'],
  ['NULL_SCAN.pcap', 'Port Scan'],
  ['UDP_SCAN.pcap', 'Port Scan'],
  ['tcp_0_1000_20190821.pcap', 'Port Scan'],
  ['scan-1433.pcap', 'Host Sweep'],
  ['test12-icmp-portscan.pcap', 'Host Sweep', 'Port Scan'],
  ['sshguess.pcap', 'Brute Force'],
  ['bruteforce.pcap', 'Brute Force'],
  ['pkt.TCP.DOMINATE.syn.ecn.cwr.pcapng', 'DDoS'],
  ['amp.UDP.isakmp.pcap', 'DDoS'],
  ['amp.UDP.snmp.src161.pcapng', 'DDoS'],
  ['dnscat2-cname_00001_20230903170247.pcap', 'DNS Tunnel'],
  ['dnscat2-txt_00001_20230903183304.pcap', 'DNS Tunnel'],
  ['dns-tunnel-iodine.pcap', 'DNS Tunnel'],
  ['test-cc-capture-2.pcap', 'Beacon', 'Malware C&C'],
  ['Example-1-2021-01-06-Emotet-infection.pcap', 'Malware C&C', 'Beacon'],
  ['jackcr-challenge.pcap', 'Malware C&C', 'Beacon'],
  ['WebattackSQLinj.pcap', 'Web Attack'],
  ['arppoison.pcapng', 'ARP Spoofing'],
  ['CnC_uploading_exe_modbus_6RTU_with_operate.pcap', 'ICS Intrusion', 'Lateral Movement', 'Malware C&C'],
  ['moving_two_files_modbus_6RTU.pcap', 'ICS Intrusion', 'Lateral Movement', 'Malware C&C'],
  ['exploit_ms08_netapi_modbus_6RTU_with_operate.pcap', 'ICS Intrusion', 'Lateral Movement'],
  ['dhcp_flood.pcap', 'DHCP Starvation'],
]

/** The model never learns enough to judge. */
const config = configSchema.parse({ detection: { warmup: 100_000 } })
const clock = { now: () => 0, sleep: async () => {} }

describe('rules alone, from a cold start', () => {
  const here = findData(`attacks/${ATTACKS[0]![0]}`) !== null

  it.skipIf(!here).each(ATTACKS)('%s: %s', { timeout: 60_000 }, async (file, ...names) => {
    const sources = [{ name: 'read', kind: 'read' as const, files: [findData(`attacks/${file}`)!] }]
    const { incidents } = await run({ config, sources }, { clock, signal: new AbortController().signal })
    expect(names).toEqual(expect.arrayContaining([incidents.find(({ type }) => names.includes(type))?.type]))
    expect(incidents.every(({ method }) => method === 'Rule')).toBe(true)
  })
})
