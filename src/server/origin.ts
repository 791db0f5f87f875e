import { BlockList, isIP, isIPv6 } from 'node:net'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const WILDCARD = new Set(['0.0.0.0', '::', '[::]'])
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/

/** Decides by its headers whether a request may be answered. */
export interface OriginPolicy {
  /** The name asked for is ours: a page that rebinds its own DNS name to this machine is refused. */
  host(header: string | undefined): boolean
  /** The page asking, if it is a page, was served by us. */
  origin(header: string | undefined, host: string | undefined): boolean
}

/**
 * Allows loopback names, the host listened on and `names`, on any port, since ports change on the way through a tunnel or
 * a proxy. Listening everywhere allows every literal address too: rebinding needs a name.
 */
export function createOriginPolicy(listening: string, names: readonly string[] = []): OriginPolicy {
  const allowed = new Set([...LOOPBACK, ...[listening, ...names].map(bracketed)])
  const anyAddress = WILDCARD.has(listening)
  return {
    host(header) {
      const name = hostName(header)
      return name !== null && (allowed.has(name) || (anyAddress && ADDRESS.test(name)))
    },
    origin(header, host) {
      if (header === undefined) return true
      return host !== undefined && (header === `http://${host}` || header === `https://${host}`)
    },
  }
}

const LOCAL = new BlockList()
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4')
LOCAL.addAddress('::1', 'ipv6')

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host === 'localhost'
  return LOCAL.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')
}

/** The name of a Host header without its port, lower case; null when it is not one. */
function hostName(header: string | undefined): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.exec(header ?? '')
  return match ? match[1]!.toLowerCase() : null
}

function bracketed(host: string): string {
  return (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host).toLowerCase()
}
