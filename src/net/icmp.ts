import { PROTOCOL } from './flow-record.ts'

/** The query an ICMP message is, or answers; 0 for all others. */
export function queryOf(protocol: number, message: number): number {
  if (protocol === PROTOCOL.icmp6) return message === 128 || message === 129 ? 128 : 0
  switch (message) {
    case 0:
    case 8:
      return 8
    case 13:
    case 14:
      return 13
    case 15:
    case 16:
      return 15
    case 17:
    case 18:
      return 17
    default:
      return 0
  }
}
