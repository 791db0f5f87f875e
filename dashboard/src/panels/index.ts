import type { Component } from 'svelte'
import type { Live } from '../live.svelte.ts'
import Anomalies from './Anomalies.svelte'
import AnomalyCount from './AnomalyCount.svelte'
import Blind from './Blind.svelte'
import Detections from './Detections.svelte'
import Incidents from './Incidents.svelte'
import Losses from './Losses.svelte'
import Model from './Model.svelte'
import NormalCount from './NormalCount.svelte'
import Sources from './Sources.svelte'
import Talkers from './Talkers.svelte'
import ThreatLevel from './ThreatLevel.svelte'
import Timeline from './Timeline.svelte'
import Total from './Total.svelte'
import Traffic from './Traffic.svelte'

export interface Panel {
  name: string
  /** `figure`: a tile on top. `notice`: a line under the tiles. `main`: the wide column. `side`: the narrow ones. */
  place: 'figure' | 'notice' | 'main' | 'side'
  component: Component<{ live: Live }>
}

/** What the page shows, in reading order. A panel is one file here and one line in this list. */
export const panels: readonly Panel[] = [
  { name: 'total', place: 'figure', component: Total },
  { name: 'normal', place: 'figure', component: NormalCount },
  { name: 'anomaly-count', place: 'figure', component: AnomalyCount },
  { name: 'threat-level', place: 'figure', component: ThreatLevel },
  { name: 'model', place: 'figure', component: Model },
  { name: 'detections', place: 'figure', component: Detections },
  { name: 'sources', place: 'notice', component: Sources },
  { name: 'losses', place: 'notice', component: Losses },
  { name: 'blind', place: 'notice', component: Blind },
  { name: 'timeline', place: 'main', component: Timeline },
  { name: 'incidents', place: 'side', component: Incidents },
  { name: 'anomalies', place: 'side', component: Anomalies },
  { name: 'traffic', place: 'main', component: Traffic },
  { name: 'talkers', place: 'side', component: Talkers },
]
