/** A search cut into its terms, quotes kept. */
function split(query: string): string[] {
  return query.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []
}

/** What a search asks of `field`, quotes removed; empty when nothing. */
export function termOf(query: string, field: string): string {
  const term = split(query).find((part) => part.startsWith(`${field}:`))
  return term === undefined ? '' : term.slice(field.length + 1).replaceAll('"', '')
}

/** The search with `value` asked of `field` in place of what was; an empty value asks nothing. */
export function withTerm(query: string, field: string, value: string): string {
  const others = split(query).filter((part) => !part.startsWith(`${field}:`))
  const clean = value.trim().replaceAll('"', '')
  if (clean === '') return others.join(' ')
  return [...others, `${field}:${/\s/.test(clean) ? `"${clean}"` : clean}`].join(' ')
}
