const CAPTURES = 'captures'
/** Views that a capture has as live traffic has them. */
const VIEWS = new Set(['incidents', 'hosts', 'flows'])

/** Where a person is: `#/incidents/nads-000001?q=type:scan`. Every view has an address that can be kept and sent. */
export class Route {
  /** The parts of the path, decoded: `['incidents', 'nads-000001']`; empty on the first page. */
  path = $state.raw<readonly string[]>([])
  query = $state.raw<Readonly<Record<string, string>>>({})
  /** Id of the capture looked into: `#/captures/ID/incidents` is what `#/incidents` is of live traffic. Null: live traffic. */
  capture = $state.raw<string | null>(null)

  constructor(hash: string) {
    this.read(hash)
  }

  read(hash: string): void {
    const { path, query } = parse(hash)
    const [first, capture, ...rest] = path
    this.capture = first === CAPTURES ? (capture ?? null) : null
    this.path = this.capture === null ? path : rest.length > 0 ? rest : [CAPTURES]
    this.query = query
  }
}

export const route = new Route(location.hash)
addEventListener('hashchange', () => route.read(location.hash))

/** The address of a view, for links: within the capture looked into, where it has such a view. Empty values of the query are left out. */
export function address(
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
  capture: string | null = route.capture,
): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  const whole = capture !== null && VIEWS.has(path[0] ?? '') ? [CAPTURES, capture, ...path] : path
  return `#/${whole.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

/** Goes to a view. `replace`: without a step that the back button would have to undo, as while typing a search. */
export function go(path: readonly string[], query: Readonly<Record<string, string>> = {}, replace = false): void {
  const hash = address(path, query)
  if (hash === location.hash) return
  if (!replace) {
    location.hash = hash
    return
  }
  history.replaceState(null, '', hash)
  route.read(hash)
}

/** What cannot be decoded stays as it is written. */
export function parse(hash: string): { path: string[]; query: Record<string, string> } {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(search)),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
