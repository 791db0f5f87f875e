/** What a person chose; `system` follows the device. */
export const THEMES = ['system', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'nads.theme'
const prefersLight = matchMedia('(prefers-color-scheme: light)')

/** Light or dark, kept by the browser. */
class Appearance {
  choice = $state<Theme>(read())
  #system = $state(prefersLight.matches)
  readonly shown = $derived<'dark' | 'light'>(
    this.choice === 'system' ? (this.#system ? 'light' : 'dark') : this.choice,
  )

  constructor() {
    prefersLight.addEventListener('change', ({ matches }) => {
      this.#system = matches
      this.apply()
    })
  }

  choose(theme: Theme): void {
    this.choice = theme
    try {
      localStorage.setItem(KEY, theme)
    } catch {
      // A browser that keeps nothing still shows it.
    }
    this.apply()
  }

  apply(): void {
    document.documentElement.dataset.theme = this.shown
    const canvas = getComputedStyle(document.documentElement).getPropertyValue('--canvas').trim()
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', canvas)
  }
}

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return THEMES.find((theme) => theme === kept) ?? 'dark'
  } catch {
    return 'dark'
  }
}

export const appearance = new Appearance()
