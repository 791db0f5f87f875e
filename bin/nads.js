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
// Where a stack trace is asked for, it names the sources: reading the maps takes a while.
if (process.env.NADS_LOG === 'debug') process.setSourceMapsEnabled(true)
const { main } = await import(pathToFileURL(join(root, 'dist', 'main.js')).href)
await main(process.argv.slice(2))
