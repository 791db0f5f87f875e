import { systemClock } from '../src/clock.ts'
import { loadConfig } from '../src/config.ts'
import { run } from '../src/run.ts'

/** Judges a capture with everything on and prints, as JSON, what the whole process came to. */
const { input } = await run(
  { config: loadConfig(undefined, {}), sources: [{ name: 'read', kind: 'read', files: [process.argv[2]!] }] },
  { clock: systemClock, signal: new AbortController().signal },
)
const { user, system } = process.cpuUsage()
const peak = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ packets: input.packets, flows: input.flows, seconds: (user + system) / 1e6, peak }))
