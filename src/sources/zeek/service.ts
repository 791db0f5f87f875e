import { serviceOf } from '../../net/services.ts'

/** Zeek's analyzers under the names used here; those not listed are called the same. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['ssl', 'https'],
  ['quic', 'https'],
  ['krb', 'kerberos'],
  ['krb_tcp', 'kerberos'],
  ['krb_udp', 'kerberos'],
  ['dnp3_tcp', 'dnp3'],
  ['dnp3_udp', 'dnp3'],
  ['dce_rpc', 'msrpc'],
  ['rfb', 'vnc'],
  ['ldap_tcp', 'ldap'],
  ['ldap_udp', 'cldap'],
])

/** They only carry the login of another protocol. */
const CARRIED: ReadonlySet<string> = new Set(['gssapi', 'ntlm', 'spnego'])

/**
 * The application protocol: what Zeek found (the last of several, which is inside the others), except that name
 * services which speak DNS are told apart by port; by port where Zeek found nothing.
 */
export function serviceNamed(found: string, protocol: number, dstPort: number): string {
  const byPort = serviceOf(protocol, dstPort)
  const names = found
    .toLowerCase()
    .split(',')
    .filter((name) => name !== '' && !CARRIED.has(name))
  const last = names.at(-1)
  if (last === undefined || last === 'unknown' || (last === 'dns' && byPort !== '')) return byPort
  return NAMES.get(last) ?? last.slice(0, 32)
}
