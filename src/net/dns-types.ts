/** DNS query types that have a name here (IANA DNS parameters), by that name. */
export const DNS_TYPES: ReadonlyMap<string, number> = new Map([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['NULL', 10],
  ['PTR', 12],
  ['MX', 15],
  ['TXT', 16],
  ['KEY', 25],
  ['AAAA', 28],
  ['SRV', 33],
  ['DNSKEY', 48],
  ['SVCB', 64],
  ['HTTPS', 65],
  ['ANY', 255],
])
