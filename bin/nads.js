#!/usr/bin/env node
// Runs the built program. In a checkout it first builds what is missing or older than its sources.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const build = join(root, 'scripts', 'build.mjs')
if (existsSync(build)) {
  const { buildIfStale } = await import(pathToFileURL(build).href)
  await buildIfStale()
}
const { main } = await import(pathToFileURL(join(root, 'dist', 'main.js')).href)
await main(process.argv.slice(2))
