import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

const LINUX = '/sys/class/net'
/** IFF_UP. */
const UP = 1
/** All interfaces at once. */
export const ANY = 'any'

export type InterfaceState = 'up' | 'down' | 'gone'

/** How the interface is now; where the system does not say, `up`: the capturing program will complain. */
export function interfaceState(name: string): InterfaceState {
  if (name === ANY || !existsSync(LINUX)) return 'up'
  try {
    const flags = Number.parseInt(readFileSync(join(LINUX, name, 'flags'), 'utf8'), 16)
    return (flags & UP) === 0 ? 'down' : 'up'
  } catch {
    return 'gone'
  }
}

/** Names of the interfaces there are. */
export function interfaceNames(): string[] {
  try {
    return readdirSync(LINUX).sort()
  } catch {
    return Object.keys(networkInterfaces()).sort()
  }
}
