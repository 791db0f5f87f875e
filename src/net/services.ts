import { PROTOCOL } from './flow-record.ts'

const TCP: Readonly<Record<number, string>> = {
  20: 'ftp-data',
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  25: 'smtp',
  53: 'dns',
  80: 'http',
  88: 'kerberos',
  110: 'pop3',
  135: 'msrpc',
  139: 'netbios',
  143: 'imap',
  389: 'ldap',
  443: 'https',
  445: 'smb',
  465: 'smtps',
  502: 'modbus',
  587: 'submission',
  636: 'ldaps',
  853: 'dot',
  993: 'imaps',
  995: 'pop3s',
  1433: 'mssql',
  1883: 'mqtt',
  2404: 'iec104',
  3306: 'mysql',
  3389: 'rdp',
  5432: 'postgresql',
  5900: 'vnc',
  5985: 'winrm',
  6379: 'redis',
  8080: 'http',
  8443: 'https',
  8883: 'mqtts',
  20000: 'dnp3',
  44818: 'enip',
}

const UDP: Readonly<Record<number, string>> = {
  19: 'chargen',
  53: 'dns',
  67: 'dhcp',
  68: 'dhcp',
  69: 'tftp',
  111: 'portmap',
  123: 'ntp',
  137: 'netbios',
  138: 'netbios',
  161: 'snmp',
  162: 'snmp',
  389: 'cldap',
  443: 'https',
  500: 'isakmp',
  514: 'syslog',
  520: 'rip',
  546: 'dhcp6',
  547: 'dhcp6',
  1194: 'openvpn',
  1900: 'ssdp',
  3702: 'ws-discovery',
  4500: 'isakmp',
  5060: 'sip',
  5353: 'mdns',
  5355: 'llmnr',
  11211: 'memcached',
  51820: 'wireguard',
}

const NAMES: readonly string[] = ['', ...new Set([...Object.values(TCP), ...Object.values(UDP)])]
/** For every port the place of its name. */
const TCP_NAMES = placesOf(TCP)
const UDP_NAMES = placesOf(UDP)

/** The service a responder's port stands for by IANA's registry, `''` when none is known. */
export function serviceOf(protocol: number, dstPort: number): string {
  if (protocol === PROTOCOL.tcp) return NAMES[TCP_NAMES[dstPort & 0xffff]!]!
  return protocol === PROTOCOL.udp ? NAMES[UDP_NAMES[dstPort & 0xffff]!]! : ''
}

function placesOf(ports: Readonly<Record<number, string>>): Uint8Array {
  const places = new Uint8Array(65_536)
  for (const [port, name] of Object.entries(ports)) places[Number(port)] = NAMES.indexOf(name)
  return places
}
