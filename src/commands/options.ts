import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Config, loadConfig } from '../config.ts'

/** Options every command that judges traffic takes; their names in the configuration. */
const PATHS: Readonly<Record<string, string>> = {
  host: 'server.host',
  port: 'server.port',
  dataDir: 'dataDir',
  rate: 'simulator.rate',
  scenario: 'simulator.scenario',
  seed: 'seed',
  fusion: 'detection.fusion',
  classicRules: 'rules.classic',
  rules: 'rules.folders',
}

/** Adds the options shared by `start` and `read`. */
export function detectionOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings in YAML (nads config prints them all)')
    .option('--data-dir <folder>', 'keep what is learned here, and take it up again (default: begin anew)')
    .option('--seed <n>', 'seed of every random choice (default 1)', number)
    .addOption(
      new Option('--fusion <name>', 'how rules and model decide together (default calibrated)').choices([
        'calibrated',
        'classic',
      ]),
    )
    .option('--rules <folder...>', 'folders with rules of your own')
    .option('--classic-rules', 'judge by the five original thresholds too')
    .option('--no-classic-rules', 'leave the five original thresholds out')
}

/** Adds the options of the web server. */
export function serverOptions(command: Command): Command {
  return command
    .option('--port <n>', 'port of the dashboard (default 8080)', number)
    .option('--host <address>', 'address the dashboard listens on (default 127.0.0.1)')
}

/** The configuration a command line asks for; `more` by dotted paths. */
export function configOf(options: Record<string, unknown>, more: Record<string, unknown> = {}): Config {
  const overrides = Object.fromEntries(
    Object.entries(PATHS).flatMap(([option, path]) => (options[option] === undefined ? [] : [[path, options[option]]])),
  )
  return loadConfig(options.config as string | undefined, process.env, { ...overrides, ...more })
}

/** A number given on the command line. */
export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
