import type { KeptFlow } from '../../../../src/types/history.ts'

/** The name a flow is best known by: what it asked for, or who it asked. */
export function nameOf({ names }: Pick<KeptFlow, 'names'>): string {
  return names?.httpHost ?? names?.tlsSni ?? names?.dnsQuery ?? names?.dhcpHost ?? names?.ssh ?? ''
}
