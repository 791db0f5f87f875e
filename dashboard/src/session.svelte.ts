import type { SessionState } from '../../src/types/api.ts'
import { ApiError, get, send } from './api.ts'

/** Who is looking, and what they may do. */
class Session {
  state = $state.raw<SessionState | null>(null)
  /** Somebody must sign in before anything is shown. */
  readonly needed = $derived(this.state !== null && this.state.access === 'anyone')
  readonly admin = $derived(this.state?.access === 'admin')

  async ask(): Promise<void> {
    try {
      this.state = await get<SessionState>('/session')
    } catch (error) {
      // A server without sign-in lets everybody in; one that is away is asked again once it is back.
      if (error instanceof ApiError && error.status === 404) {
        this.state = { name: '', access: 'admin', setUp: false, accounts: false }
      }
    }
  }

  async signIn(name: string, password: string): Promise<void> {
    await send('POST', '/session', { name, password })
    await this.ask()
  }

  async setUp(token: string, name: string, password: string): Promise<void> {
    await send('POST', '/setup', { token, name, password })
    await this.ask()
  }

  async signOut(): Promise<void> {
    await send('DELETE', '/session')
    await this.ask()
  }
}

export const session = new Session()
