import { CursorError } from './store.ts'

/** A place in a list as opaque text. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** What `encodeCursor` was given: values of the types in `shape`. Throws a `CursorError` for anything else. */
export function decodeCursor(text: string, shape: readonly ('string' | 'number')[]): (string | number)[] {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    place = null
  }
  const fits =
    Array.isArray(place) && place.length === shape.length && place.every((value, i) => typeof value === shape[i])
  if (!fits) throw new CursorError('this is not a cursor of this list')
  return place as (string | number)[]
}
