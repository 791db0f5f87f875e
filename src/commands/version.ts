import { readFileSync } from 'node:fs'

/** The version in package.json, beside src as beside dist. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
