// Writes what the YAML parser makes of every rule file to dist/rules.json, by the text of the file: parsing them costs a start
// more than all else. A text that is not found there, of whatever file, is parsed when it is read.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { parseDocument } from 'yaml'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const parsed = {}
for (const name of readdirSync(join(root, 'rules'), { recursive: true, encoding: 'utf8' }).sort()) {
  if (!/\.ya?ml$/.test(name) || /\.test\.ya?ml$/.test(name)) continue
  const text = readFileSync(join(root, 'rules', name), 'utf8')
  const document = parseDocument(text, { maxAliasCount: 0 })
  if (document.errors.length > 0) continue
  const content = document.toJS({ maxAliasCount: 0 })
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(content)), content)) parsed[text] = content
}
mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(join(root, 'dist', 'rules.json'), JSON.stringify(parsed))
