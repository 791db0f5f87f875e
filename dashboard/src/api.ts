import { route } from './route.svelte.ts'

/** What the server answered instead of what was asked for, in words for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 when the server cannot be reached. */
  readonly status: number
  /** Where in a search the mistake is, when it is one. */
  readonly position: number | null

  constructor(status: number, message: string, position: number | null = null) {
    super(message)
    this.status = status
    this.position = position
  }
}

/** What the server calls `path`: of the capture looked into, where a capture has that. */
export function serverPath(path: string): string {
  const own = route.capture !== null && /^\/(incidents|hosts|flows|timeline|talkers)/.test(path)
  return own ? `/api/captures/${encodeURIComponent(route.capture!)}${path}` : `/api${path}`
}

type Query = Readonly<Record<string, string | number | boolean | undefined | null>>

/** Asks the server this page came from. Rejects with an `ApiError`, or an `AbortError` when `signal` aborts. */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  }
  const asked = search.size === 0 ? path : `${path}?${search}`
  return request<T>(asked, signal === undefined ? {} : { signal })
}

/** Has the server change something. */
export function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  if (body === undefined) return request<T>(path, { method })
  return request<T>(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(serverPath(path), { ...init, credentials: 'same-origin' }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'nads cannot be reached')
  })
  const json = response.headers.get('content-type')?.includes('json') ?? false
  const body: unknown = json ? await response.json() : await response.text()
  if (response.ok) return body as T
  const { error, position } = (json ? body : {}) as { error?: string; position?: number }
  throw new ApiError(response.status, error ?? `the server answered ${response.status}`, position ?? null)
}
