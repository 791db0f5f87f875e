import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseDocument } from 'yaml'

/**
 * What the YAML parser makes of every rule file of a folder, by the text of the file: parsing them costs a start more than all
 * else. A text that is not found there, of whatever file, is parsed when it is read.
 */
export function parseRules(folder) {
  const parsed = {}
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.ya?ml$/.test(name) || /\.test\.ya?ml$/.test(name)) continue
    const text = readFileSync(join(folder, name), 'utf8')
    const document = parseDocument(text, { maxAliasCount: 0 })
    if (document.errors.length > 0) continue
    const content = document.toJS({ maxAliasCount: 0 })
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(content)), content)) parsed[text] = content
  }
  return parsed
}
