import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../types/errors.ts'

const FILE = 'access.json'
/** RFC 7914's parameters: 64 MiB and about 100 ms a try. */
const COST = { N: 65_536, r: 8, p: 1, maxmem: 128 * 2 ** 20 }
const role = z.enum(['viewer', 'admin'])

const schema = z.strictObject({
  version: z.literal(1),
  users: z.array(z.strictObject({ name: z.string(), role, salt: z.string(), hash: z.string() })),
  /** Hashed tokens, with the first characters to know them by. */
  tokens: z.array(z.strictObject({ id: z.string(), name: z.string(), role, hash: z.string(), created: z.number() })),
})
type Known = z.infer<typeof schema>
export type Role = z.infer<typeof role>

export interface User {
  name: string
  role: Role
}

export interface Token extends User {
  id: string
  /** Epoch seconds. */
  created: number
}

/** People and programs that may use the server: a file in the data folder that only its owner reads. */
export interface Accounts {
  /** Nobody and nothing has been let in yet. */
  readonly empty: boolean
  users(): User[]
  tokens(): Token[]
  /** The user with this password, after the same time whoever is asked for; null when there is none. */
  check(name: string, password: string): Promise<User | null>
  /** The token itself is told once and not kept. */
  addToken(name: string, role: Role, now: number): { id: string; token: string }
  removeToken(id: string): boolean
  token(text: string): Token | null
  /** Throws an `InputError` for a name or password that will not do. */
  checkUser(name: string, password: string): void
  /** Makes a user or gives one another password or role. Throws an `InputError` for a name or password that will not do. */
  setUser(name: string, role: Role, password: string): Promise<void>
  removeUser(name: string): boolean
  /** Changes with every change of the user's password or role; null without the user. What a session is bound to. */
  stampOf(name: string): string | null
}

/** Reads `access.json` in `folder` and looks for changes each time it is asked; null: in memory. Throws an `InputError`. */
export function openAccounts(folder: string | null): Accounts {
  const file = folder === null ? null : join(folder, FILE)
  let known: Known = { version: 1, users: [], tokens: [] }
  let read = -1

  const current = (): Known => {
    if (file === null || !existsSync(file)) return known
    const { mtimeMs } = statSync(file)
    if (mtimeMs !== read) {
      known = parse(file)
      read = mtimeMs
    }
    return known
  }
  const save = (next: Known): void => {
    known = next
    if (file === null) return
    try {
      mkdirSync(folder!, { recursive: true, mode: 0o700 })
      writeFileSync(`${file}.new`, JSON.stringify(next, null, 2), { mode: 0o600 })
      chmodSync(`${file}.new`, 0o600)
      renameSync(`${file}.new`, file)
      read = statSync(file).mtimeMs
    } catch (error) {
      throw new InputError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
    }
  }

  return {
    get empty() {
      const { users, tokens } = current()
      return users.length === 0 && tokens.length === 0
    },
    users: () => current().users.map(({ name, role }) => ({ name, role })),
    tokens: () => current().tokens.map(({ hash, ...token }) => token),
    async check(name, password) {
      const user = current().users.find((one) => one.name === name)
      const hash = await derive(password, user?.salt ?? '0'.repeat(32))
      const right = timingSafeEqual(
        hash,
        user === undefined ? Buffer.alloc(hash.length) : Buffer.from(user.hash, 'hex'),
      )
      return right && user !== undefined ? { name: user.name, role: user.role } : null
    },
    addToken(name, role, created) {
      const token = `nads_${randomBytes(32).toString('base64url')}`
      const id = randomBytes(6).toString('hex')
      save({ ...current(), tokens: [...current().tokens, { id, name, role, hash: hashOf(token), created }] })
      return { id, token }
    },
    removeToken(id) {
      const tokens = current().tokens.filter((one) => one.id !== id)
      if (tokens.length === current().tokens.length) return false
      save({ ...current(), tokens })
      return true
    },
    token(text) {
      const hash = hashOf(text)
      const found = current().tokens.find((one) => one.hash === hash)
      if (found === undefined) return null
      const { hash: _, ...token } = found
      return token
    },
    checkUser,
    async setUser(name, role, password) {
      checkUser(name, password)
      const salt = randomBytes(16).toString('hex')
      const user = { name, role, salt, hash: (await derive(password, salt)).toString('hex') }
      save({ ...current(), users: [...current().users.filter((one) => one.name !== name), user] })
    },
    removeUser(name) {
      const users = current().users.filter((one) => one.name !== name)
      if (users.length === current().users.length) return false
      save({ ...current(), users })
      return true
    },
    stampOf(name) {
      const user = current().users.find((one) => one.name === name)
      return user === undefined ? null : hashOf(`${user.role} ${user.salt}`)
    },
  }
}

function checkUser(name: string, password: string): void {
  if (!/^[\p{L}\p{N}._@-]{1,64}$/u.test(name)) {
    throw new InputError('a name has 1 to 64 letters, digits or any of . _ @ -')
  }
  if (password.length < 10 || password.length > 1_024) throw new InputError('a password has at least 10 characters')
}

function parse(file: string): Known {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new InputError(`${file}: is not what this version keeps there: restore it, or move it away to set up anew`)
  }
}

function derive(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), Buffer.from(salt, 'hex'), 32, COST, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** Tokens are random: a plain hash keeps them as well as a slow one would. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
