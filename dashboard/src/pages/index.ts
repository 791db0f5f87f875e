import Gauge from '@lucide/svelte/icons/gauge'

import type { Component } from 'svelte'
import type { Live } from '../live.svelte.ts'
import Overview from './Overview.svelte'

type PageComponent = Component<{ live: Live }>

export interface Page {
  /** First part of its address; empty for the first page. */
  path: string
  title: string
  icon: Component<{ size?: number; 'aria-hidden'?: 'true' }>
  /** Pressed after `g`. */
  key: string
  /** All but the first are fetched when first shown. */
  load: () => Promise<{ default: PageComponent }>
}

/** Every page, in the order of the navigation. A page is one file here and one line in this list. */
export const pages: readonly Page[] = [
  { path: '', title: 'Overview', icon: Gauge, key: 'o', load: async () => ({ default: Overview }) },
]
