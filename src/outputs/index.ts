import { json } from './json.ts'
import type { Output } from './output.ts'
import { text } from './text.ts'

/** Every way a finished run can be printed, the default first. */
export const OUTPUTS: readonly Output[] = [text, json]
