import { createInterface } from 'node:readline'
import { Command, Option } from 'commander'
import { systemClock } from '../clock.ts'
import { type Accounts, openAccounts, type Role } from '../server/accounts.ts'
import { InputError } from '../types/errors.ts'
import { configOf } from './options.ts'

/** `nads user`: who may sign in. A running server takes changes up by itself. */
export function userCommand(): Command {
  const command = new Command('user').description('List, add or remove people who may sign in.')
  withFolder(command.command('list').description('List them.')).action((options) => {
    for (const { name, role } of accountsOf(options).users()) process.stdout.write(`${name}  ${role}\n`)
  })
  withRole(withFolder(command.command('set <name>')))
    .description('Add somebody, or give a new password or role: the password is read from standard input.')
    .action(async (name: string, options) => {
      const accounts = accountsOf(options)
      accounts.checkUser(name, 'long enough')
      await accounts.setUser(name, options.role as Role, await firstLine())
      process.stdout.write(`${name} may sign in as ${options.role}\n`)
    })
  withFolder(command.command('remove <name>').description('Let somebody in no more.')).action(
    (name: string, options) => {
      if (!accountsOf(options).removeUser(name)) throw new InputError(`there is nobody called ${name}`)
    },
  )
  return command
}

/** `nads token`: what programs use the API with. */
export function tokenCommand(): Command {
  const command = new Command('token').description('List, make or end tokens of programs.')
  withFolder(command.command('list').description('List them.')).action((options) => {
    for (const { id, name, role } of accountsOf(options).tokens()) process.stdout.write(`${id}  ${name}  ${role}\n`)
  })
  withRole(withFolder(command.command('add <name>')))
    .description('Make one; it is printed this once.')
    .action((name: string, options) => {
      const { token } = accountsOf(options).addToken(name, options.role as Role, Math.floor(systemClock.now()))
      process.stdout.write(`${token}\n`)
    })
  withFolder(command.command('remove <id>').description('End one.')).action((id: string, options) => {
    if (!accountsOf(options).removeToken(id)) throw new InputError(`there is no token ${id}`)
  })
  return command
}

function withFolder(command: Command): Command {
  return command
    .exitOverride()
    .option('--data-dir <folder>', 'data folder of the server')
    .option('--config <file>', 'settings in YAML')
}

function withRole(command: Command): Command {
  return command.addOption(
    new Option('--role <name>', 'viewer or admin').choices(['viewer', 'admin']).default('viewer'),
  )
}

function accountsOf(options: Record<string, unknown>): Accounts {
  const { dataDir } = configOf(options)
  if (dataDir === undefined) throw new InputError('give --data-dir: that is where it is kept who may sign in')
  return openAccounts(dataDir)
}

async function firstLine(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('password: ')
  for await (const line of createInterface({ input: process.stdin })) return line
  throw new InputError('a password is read from standard input: there was none')
}
