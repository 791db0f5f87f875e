import type { KeptFlow } from '../../../../src/types/history.ts'

/** The name a flow is best known by: what it asked for, or who it asked. */
export function nameOf({ names }: Pick<KeptFlow, 'names'>): string {
  return (
    names?.httpHost ??
    names?.tlsSni ??
    names?.dnsQuery ??
    names?.remoteName ??
    names?.dhcpHost ??
    names?.srcHostName ??
    names?.dstHostName ??
    names?.ssh ??
    ''
  )
}

/** How its TLS client says hello: JA4, else JA3. */
export function fingerprintOf({ names }: Pick<KeptFlow, 'names'>): string {
  return names?.tlsJa4 ?? names?.tlsJa3 ?? ''
}
