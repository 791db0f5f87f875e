/** Where a person is: `#/incidents/nads-000001?q=type:scan`. Every view has an address that can be kept and sent. */
export class Route {
  /** The parts of the path, decoded: `['incidents', 'nads-000001']`; empty on the first page. */
  path = $state.raw<readonly string[]>([])
  query = $state.raw<Readonly<Record<string, string>>>({})

  constructor(hash: string) {
    this.read(hash)
  }

  read(hash: string): void {
    const { path, query } = parse(hash)
    this.path = path
    this.query = query
  }
}

export const route = new Route(location.hash)
addEventListener('hashchange', () => route.read(location.hash))

/** The address of a view, for links. Empty values of the query are left out. */
export function address(path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
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
