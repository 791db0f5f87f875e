import ChartScatter from '@lucide/svelte/icons/chart-scatter'
import CircleCheckBig from '@lucide/svelte/icons/circle-check-big'
import FileUp from '@lucide/svelte/icons/file-up'
import Gauge from '@lucide/svelte/icons/gauge'
import ListChecks from '@lucide/svelte/icons/list-checks'
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone'
import Settings from '@lucide/svelte/icons/settings'
import Siren from '@lucide/svelte/icons/siren'
import Waypoints from '@lucide/svelte/icons/waypoints'
import type { Component } from 'svelte'
import type { Topic } from '../../../src/types/events.ts'
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
  /** What of the live feed it shows; statistics come to every page. */
  topics: readonly Topic[]
  /** All but the first are fetched when first shown. */
  load: () => Promise<{ default: PageComponent }>
}

/** Every page, in the order of the navigation. A page is one file here and one line in this list. */
export const pages: readonly Page[] = [
  {
    path: '',
    title: 'Overview',
    icon: Gauge,
    key: 'o',
    topics: ['flows', 'incidents', 'timeline'],
    load: async () => ({ default: Overview }),
  },
  {
    path: 'incidents',
    title: 'Incidents',
    icon: Siren,
    key: 'i',
    topics: ['incidents'],
    load: () => import('./Incidents.svelte'),
  },
  {
    path: 'hosts',
    title: 'Hosts',
    icon: MonitorSmartphone,
    key: 'h',
    topics: [],
    load: () => import('./Hosts.svelte'),
  },
  { path: 'flows', title: 'Flows', icon: Waypoints, key: 'f', topics: [], load: () => import('./Flows.svelte') },
  {
    path: 'expected',
    title: 'Expected',
    icon: CircleCheckBig,
    key: 'x',
    topics: [],
    load: () => import('./Expected.svelte'),
  },
  {
    path: 'captures',
    title: 'Captures',
    icon: FileUp,
    key: 'c',
    topics: [],
    load: () => import('./Captures.svelte'),
  },
  { path: 'rules', title: 'Rules', icon: ListChecks, key: 'r', topics: [], load: () => import('./Rules.svelte') },
  { path: 'model', title: 'Model', icon: ChartScatter, key: 'm', topics: [], load: () => import('./Model.svelte') },
  {
    path: 'settings',
    title: 'Settings',
    icon: Settings,
    key: 's',
    topics: [],
    load: () => import('./Settings.svelte'),
  },
]
