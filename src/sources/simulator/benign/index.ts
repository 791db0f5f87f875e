import { chatter } from './chatter.ts'
import { household } from './household.ts'
import type { Kind } from './kind.ts'
import { media } from './media.ts'
import { web } from './web.ts'

/** Every habit of the household. */
export const kinds: readonly Kind[] = [...web, ...media, ...household, ...chatter]
