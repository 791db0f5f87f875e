import type { HostView } from '../../../../src/types/host.ts'

/** What a host is, for a person. */
export function roleWords({ role, local }: Pick<HostView, 'role' | 'local'>): string {
  const words = role === 'iot' ? 'IoT device' : role === 'unknown' ? 'not known yet' : role.replace('-', ' ')
  return local ? words : `${words}, outside`
}
