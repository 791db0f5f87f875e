import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Access } from './access.ts'
import type { Accounts } from './accounts.ts'

export const COOKIE = 'nads_session'
/** Seconds a session lasts without being used, and at most. */
const IDLE = 12 * 3_600
const LONGEST = 7 * 86_400
/** Sessions at once; beyond them the oldest ends. */
const MOST = 1_000

/** Who asks, and what they may do. */
export interface Caller {
  name: string
  access: Access
}

const NOBODY: Caller = { name: '', access: 'anyone' }
/** The person at this machine, while no password has been set. */
const LOCAL: Caller = { name: 'local', access: 'admin' }

interface Session {
  name: string
  stamp: string
  began: number
  used: number
}

/** Tells who sent a request, by cookie or token, as of now: a changed password ends what began before it. */
export interface Sessions {
  callerOf(headers: IncomingHttpHeaders): Caller
  /** The cookie's value for a new session. */
  begin(name: string): string
  end(headers: IncomingHttpHeaders): void
  /** Whether a set-up token is the one told at the start; it works once. */
  redeem(token: string): boolean
  /** The one-time set-up token; null when there is nothing to set up. */
  readonly setUp: string | null
}

export interface SessionOptions {
  accounts: Accounts
  /** Epoch seconds. */
  now: () => number
  /** Listening on this machine alone: without accounts whoever is on it may do everything. */
  loopback: boolean
}

export function createSessions({ accounts, now, loopback }: SessionOptions): Sessions {
  const sessions = new Map<string, Session>()
  let setUp = !loopback && accounts.empty ? randomBytes(24).toString('base64url') : null

  const sessionOf = (headers: IncomingHttpHeaders): Caller | null => {
    const key = keyOf(headers)
    const session = key === null ? undefined : sessions.get(key)
    if (key === null || session === undefined) return null
    const user = accounts.users().find(({ name }) => name === session.name)
    const time = now()
    const over = time - session.used > IDLE || time - session.began > LONGEST
    if (user === undefined || over || accounts.stampOf(session.name) !== session.stamp) {
      sessions.delete(key)
      return null
    }
    session.used = time
    return { name: user.name, access: user.role }
  }

  return {
    get setUp() {
      return setUp
    },
    callerOf(headers) {
      if (loopback && accounts.empty) return LOCAL
      const bearer = /^Bearer (\S{1,200})$/i.exec(headers.authorization ?? '')?.[1]
      if (bearer !== undefined) {
        const token = accounts.token(bearer)
        return token === null ? NOBODY : { name: token.name, access: token.role }
      }
      return sessionOf(headers) ?? NOBODY
    },
    begin(name) {
      const value = randomBytes(32).toString('base64url')
      const time = now()
      sessions.set(hash(value), { name, stamp: accounts.stampOf(name) ?? '', began: time, used: time })
      if (sessions.size > MOST) sessions.delete(sessions.keys().next().value!)
      return value
    },
    end(headers) {
      const key = keyOf(headers)
      if (key !== null) sessions.delete(key)
    },
    redeem(token) {
      if (setUp === null || !accounts.empty) return false
      const right = timingSafeEqual(Buffer.from(hash(token)), Buffer.from(hash(setUp)))
      if (right) setUp = null
      return right
    },
  }
}

function keyOf({ cookie }: IncomingHttpHeaders): string | null {
  const value = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]{20,100})(?:;|$)`).exec(cookie ?? '')?.[1]
  return value === undefined ? null : hash(value)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
