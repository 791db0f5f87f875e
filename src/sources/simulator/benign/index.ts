import { chatter } from './chatter.ts'
import { failures } from './failures.ts'
import { household } from './household.ts'
import { ipv6 } from './ipv6.ts'
import type { Kind } from './kind.ts'
import { media } from './media.ts'
import { web } from './web.ts'

/** Every habit of the household. */
export const kinds: readonly Kind[] = [...web, ...media, ...household, ...chatter, ...ipv6, ...failures]
