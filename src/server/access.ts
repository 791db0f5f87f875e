/** Who may: anyone who reaches the server, who has signed in to look, or who may also change things. */
export type Access = 'anyone' | 'viewer' | 'admin'

/** Every route there is, and who may use it: one that is not listed here is refused when the server starts. */
export const ROUTES: Readonly<Record<string, Access>> = {
  'GET /*': 'anyone',
  'GET /healthz': 'anyone',
  'GET /metrics': 'viewer',
  'GET /api/session': 'anyone',
  'POST /api/session': 'anyone',
  'DELETE /api/session': 'anyone',
  'POST /api/setup': 'anyone',
  'GET /api/docs': 'viewer',
  'GET /api/docs/openapi.json': 'viewer',
  'GET /api/overview': 'viewer',
  'GET /api/timeline': 'viewer',
  'GET /api/talkers': 'viewer',
  'GET /api/incidents': 'viewer',
  'GET /api/incidents/:id': 'viewer',
  'GET /api/incidents/:id/expected': 'viewer',
  'GET /api/incidents/:id/markdown': 'viewer',
  'GET /api/incidents/:id/flows': 'viewer',
  'PATCH /api/incidents/:id': 'admin',
  'GET /api/flows': 'viewer',
  'GET /api/hosts': 'viewer',
  'GET /api/hosts/:address': 'viewer',
  'GET /api/suppressions': 'viewer',
  'POST /api/suppressions/preview': 'viewer',
  'POST /api/suppressions': 'admin',
  'DELETE /api/suppressions/:id': 'admin',
  'GET /api/rules': 'viewer',
  'GET /api/rules/:id': 'viewer',
  'POST /api/rules/check': 'viewer',
  'POST /api/rules/try': 'viewer',
  'POST /api/rules/reload': 'admin',
  'PUT /api/rules/:id': 'admin',
  'DELETE /api/rules/:id': 'admin',
  'GET /api/journal': 'viewer',
  'GET /api/health': 'viewer',
  'GET /api/budget': 'viewer',
  'GET /api/sources': 'viewer',
  'GET /api/model': 'viewer',
  'POST /api/model/retrain': 'admin',
  'POST /api/model/rollback': 'admin',
  'GET /api/limits': 'viewer',
  'PUT /api/limits': 'admin',
  'DELETE /api/limits': 'admin',
  'GET /api/settings': 'admin',
  'GET /api/settings/bundle': 'admin',
  'POST /api/settings/bundle': 'admin',
  'POST /api/export': 'admin',
  'GET /api/captures': 'viewer',
  'POST /api/captures': 'admin',
  'GET /api/captures/:capture': 'viewer',
  'DELETE /api/captures/:capture': 'admin',
  'GET /api/captures/:capture/incidents': 'viewer',
  'GET /api/captures/:capture/incidents/:id': 'viewer',
  'GET /api/captures/:capture/incidents/:id/markdown': 'viewer',
  'GET /api/captures/:capture/incidents/:id/flows': 'viewer',
  'GET /api/captures/:capture/flows': 'viewer',
  'GET /api/captures/:capture/hosts': 'viewer',
  'GET /api/captures/:capture/hosts/:address': 'viewer',
  'GET /api/captures/:capture/timeline': 'viewer',
  'GET /api/captures/:capture/talkers': 'viewer',
  'GET /api/outputs': 'viewer',
  'POST /api/outputs/:name/test': 'admin',
  'GET /api/users': 'admin',
  'PUT /api/users/:name': 'admin',
  'DELETE /api/users/:name': 'admin',
  'GET /api/tokens': 'admin',
  'POST /api/tokens': 'admin',
  'DELETE /api/tokens/:id': 'admin',
}

/** What a page may say over its socket, and who may: anything else is not listened to. Connecting needs a viewer. */
export const SOCKET_EVENTS: Readonly<Record<string, Access>> = { show: 'viewer' }

const RANK: Readonly<Record<Access, number>> = { anyone: 0, viewer: 1, admin: 2 }

/** Whether somebody with the access `has` may do what `needs`. */
export function allows(has: Access, needs: Access): boolean {
  return RANK[has] >= RANK[needs]
}

/** Who may use a route, HEAD as GET. Throws for one that is not listed. */
export function accessOf(method: string, url: string): Access {
  const access = ROUTES[`${method === 'HEAD' ? 'GET' : method} ${url}`]
  if (access === undefined) throw new Error(`${method} ${url} is not in the list of routes`)
  return access
}
