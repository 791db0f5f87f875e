import { printable } from '../../net/text.ts'
import { hasText, type Payload } from './payload.ts'

const PORT = 1900
/** Bytes of a message looked through. */
const HEAD_MAX = 1024
const [CR, LF, SPACE] = [0x0d, 0x0a, 0x20]
/** What stands between system and product in a SERVER field (UPnP Device Architecture 2.0, 1.2.2). */
const BETWEEN = /UPnP\/[\d.]*[, ]*/i
/** Products that say nothing of the device. */
const GENERIC = /^(unspecified|upnp-device-host|portable sdk|miniupnp|intel microstack)/i

/** True for an announcement, a search or an answer of SSDP on its port. */
export function isSsdp(payload: Payload): boolean {
  if (!payload.isOn(PORT)) return false
  return payload.startsWith('NOTIFY * ') || payload.startsWith('M-SEARCH *') || payload.startsWith('HTTP/1.')
}

/** SSDP (UPnP Device Architecture, 1): the product a device says it is when it announces itself or answers, else empty. */
export function nameInSsdp(payload: Payload): string {
  return isSsdp(payload) && !payload.startsWith('M-SEARCH') ? productOf(serverField(payload)) : ''
}

/** The value of the SERVER field, printable; empty when there is none. */
function serverField({ bytes, at, end }: Payload): string {
  const stop = Math.min(end, at + HEAD_MAX)
  for (let i = at; i < stop; i++) {
    if (bytes[i] !== LF || !isServer(bytes, i + 1, stop)) continue
    let from = i + 8
    while (from < stop && bytes[from] === SPACE) from++
    let to = from
    while (to < stop && bytes[to] !== CR && bytes[to] !== LF) to++
    return printable(bytes, from, to)
  }
  return ''
}

function isServer(bytes: Uint8Array, at: number, end: number): boolean {
  return hasText(bytes, at, end, 'SERVER:') || hasText(bytes, at, end, 'Server:') || hasText(bytes, at, end, 'server:')
}

/** `Linux/3.14 UPnP/1.0 IpBridge/1.9`: what stands behind UPnP, or else before it. */
function productOf(server: string): string {
  const [system = '', product = ''] = server.split(BETWEEN, 2)
  const name = (product.trim() || system.replace(/[, ]+$/, '')).trim()
  return GENERIC.test(name) ? '' : name
}
