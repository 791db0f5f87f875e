import type { Page } from './pages/index.ts'
import { address } from './route.svelte.ts'

/** Keys that work on every page, for the page that lists them. What a page adds it says itself beside its buttons. */
export const SHORTCUTS: readonly { key: string; does: string }[] = [
  { key: '/', does: 'search' },
  { key: 'j', does: 'next entry of the list' },
  { key: 'k', does: 'entry before' },
  { key: 'Enter', does: 'open the entry' },
  { key: 'e', does: 'this is expected, on an incident' },
  { key: 'Esc', does: 'leave a field or dialog' },
  { key: '?', does: 'these keys' },
]

/** Milliseconds in which the second key of `g o` must follow. */
const CHORD_MS = 1200

class Keys {
  help = $state(false)
}
export const keys = new Keys()

const DOES: Readonly<Record<string, () => void>> = {
  '?': () => {
    keys.help = true
  },
  '/': () => focus(document.querySelector('[data-search]')),
  j: () => move(1),
  k: () => move(-1),
}

/**
 * Listens until told to stop. Lists mark entries with `data-entry` (a link or something that takes the focus), the search field
 * is `data-search`, a button pressed by a key says which with `data-key`.
 */
export function listen(pages: readonly Page[]): () => void {
  let chord = Number.NEGATIVE_INFINITY
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return
    const page = performance.now() - chord < CHORD_MS ? pages.find(({ key }) => key === event.key) : undefined
    chord = event.key === 'g' ? performance.now() : Number.NEGATIVE_INFINITY
    const action =
      page === undefined
        ? (DOES[event.key] ?? button(event.key))
        : () => {
            location.hash = address(page.path === '' ? [] : [page.path], {}, null)
          }
    if (action === null) return
    event.preventDefault()
    action()
  }
  addEventListener('keydown', pressed)
  return () => removeEventListener('keydown', pressed)
}

/** The button on the page that names this key. */
function button(key: string): (() => void) | null {
  const found = /^[a-z]$/.test(key) ? document.querySelector<HTMLElement>(`[data-key="${key}"]`) : null
  return found && (() => found.click())
}

/** Escape leaves a field; an open dialog keeps its keys. */
function isTyping({ key, target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true
  if (!isField(target as HTMLElement)) return false
  if (key === 'Escape') (target as HTMLElement).blur()
  return true
}

function isField(element: HTMLElement): boolean {
  return element.matches('input, textarea, select, [contenteditable]')
}

function focus(element: HTMLElement | null): void {
  element?.focus()
  element?.scrollIntoView({ block: 'nearest' })
}

function move(step: 1 | -1): void {
  const entries = [...document.querySelectorAll<HTMLElement>('[data-entry]')]
  const at = entries.indexOf(document.activeElement as HTMLElement)
  focus(entries[at < 0 ? (step > 0 ? 0 : entries.length - 1) : at + step] ?? null)
}
