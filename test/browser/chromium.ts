import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Chromium as installed on this machine, or null. */
export const executablePath =
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((file) => existsSync(file)) ?? null

/** A browser with a profile of its own that talks to nobody but the pages it is given. */
export function launch(): Promise<Browser> {
  if (executablePath === null) throw new Error('chromium is missing')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

const present = executablePath !== null
if (!present) process.stdout.write('skipped: browser tests: chromium is missing (Debian package chromium)\n')

/** Whether browser tests run: always with CI=true, where a missing browser is a failure, else where there is one. */
export const browserTest = present || process.env.CI === 'true'
