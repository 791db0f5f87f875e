interface Operation {
  summary?: string
  parameters?: { name: string; in: string; required?: boolean; description?: string }[]
  requestBody?: { content?: Record<string, { schema?: unknown }> }
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: { description?: string } }> }>
}

/** The description as a page to read: no script, no style, so that it needs no exception from the policy. */
export function docsPage({ paths = {} }: { paths?: Record<string, Record<string, Operation>> }): string {
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => sectionOf(`${method.toUpperCase()} ${path}`, operation)),
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>nads API</title></head><body>
<main><h1>nads API</h1><p>The same for programs: <a href="/api/docs/openapi.json">OpenAPI 3.1</a>. Send a token as
<code>Authorization: Bearer ...</code>; lists are cut into pages: ask again with <code>cursor</code> set to <code>next</code>.</p>
${sections.join('\n')}</main></body></html>\n`
}

function sectionOf(title: string, { summary = '', parameters = [], requestBody, responses = {} }: Operation): string {
  const asked = parameters.map((one) => {
    const note = one.description === undefined ? '' : `: ${escaped(one.description)}`
    return `<li><code>${escaped(one.name)}</code> (${escaped(one.in)})${note}</li>`
  })
  const body = requestBody?.content?.['application/json']?.schema
  const answers = Object.values(responses).map((one) => one.content?.['application/json']?.schema?.description ?? '')
  const parts = [`<h2><code>${escaped(title)}</code></h2><p>${escaped(summary)}</p>`]
  if (asked.length > 0) parts.push(`<ul>${asked.join('')}</ul>`)
  if (body !== undefined) parts.push(`<p>Body</p><pre>${escaped(JSON.stringify(body, null, 2))}</pre>`)
  const answer = answers.find((text) => text !== '')
  if (answer !== undefined) parts.push(`<p>Answer: ${escaped(answer)}</p>`)
  return parts.join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
