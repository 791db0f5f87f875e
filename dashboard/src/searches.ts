const KEY = 'nads.searches'
/** Searches kept. */
export const MOST = 30

/** The searches kept in this browser, newest first. */
export function readSearches(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}

/** Keeps them instead of those there are; where a browser keeps nothing, nothing happens. */
export function keepSearches(list: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(list.slice(0, MOST)))
  } catch {
    // Kept as long as the page is open.
  }
}
