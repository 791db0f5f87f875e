import type { DuckDBConnection } from '@duckdb/node-api'
import { NAMED } from '../../query/query.ts'
import type { FlowNames } from '../../types/flow.ts'

/** Wordings remembered by their number; beyond them all are forgotten, and what comes again is numbered anew. */
const KNOWN = 65_536

/** All a flow may be found by as text, in lower case, a line each with a line's end before and after; empty without any. */
interface Wording {
  /** Names alone. */
  names: string
  /** Names, attack type and service. */
  words: string
}

/**
 * Numbers what flows are called: a name is looked for in the table of wordings, of which there are few, and flows are found by
 * its number. A wording may have several numbers (one a run, and one each time all were forgotten), and they only ever grow.
 */
export interface Texts {
  /** Numbers for one transaction: what it adds is known only once `kept` was called, for a transaction may be undone. */
  begin(): Numbering
  /** Forgets all numbers: those in use before may be deleted. */
  forget(): void
}

export interface Numbering {
  /** The number of what a flow is called: its service, its attack type and its names as JSON, each empty when it has none. */
  of(service: string, type: string, names: string): number
  /** Appends the wordings that are new. */
  append(connection: DuckDBConnection): Promise<void>
  kept(): void
}

/** `last`: the greatest number in use. */
export function createTexts(last: number): Texts {
  let known = new Map<string, number>()

  return {
    begin() {
      const from = known
      const fresh = new Map<string, number>()
      const added: Wording[] = []
      const first = last + 1
      return {
        of(service, type, json) {
          const wording = wordingOf(service, type, json)
          const key = wording.names + wording.words
          let number = from.get(key) ?? fresh.get(key)
          if (number === undefined) {
            number = ++last
            fresh.set(key, number)
            added.push(wording)
          }
          return number
        },
        async append(connection) {
          if (added.length === 0) return
          const appender = await connection.createAppender('texts')
          for (const [index, { names, words }] of added.entries()) {
            appender.appendBigInt(BigInt(first + index))
            appender.appendVarchar(names)
            appender.appendVarchar(words)
            appender.endRow()
          }
          appender.closeSync()
        },
        kept() {
          if (from !== known) return
          if (known.size + fresh.size > KNOWN) known = new Map()
          else for (const [key, number] of fresh) known.set(key, number)
        },
      }
    },
    forget() {
      known = new Map()
    },
  }
}

function wordingOf(service: string, type: string, json: string): Wording {
  const names = json === '' ? null : (JSON.parse(json) as FlowNames)
  const found = NAMED.map((name) => names?.[name] ?? '')
  return { names: lines(found), words: lines([...found, type, service]) }
}

function lines(texts: readonly string[]): string {
  const some = texts.filter((text) => text !== '')
  return some.length === 0 ? '' : `\n${some.join('\n').toLowerCase()}\n`
}
