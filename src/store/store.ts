import type { Query } from '../query/query.ts'
import type { FlowRecord } from '../types/flow.ts'
import type {
  Decision,
  HostDay,
  IncidentState,
  Interval,
  KeptFlow,
  KeptHost,
  KeptIncident,
  Note,
  Page,
  StoreStatus,
  Talker,
} from '../types/history.ts'
import type { HostView } from '../types/host.ts'
import type { Incident } from '../types/incident.ts'
import type { FlowBatch } from './flow-batch.ts'

/** Part of a list asked for: at most `limit`, after what `cursor` (a page's `next`) stands for. */
export interface Slice {
  limit: number
  cursor?: string | undefined
}

/** `recent`: last seen first. `severe`: worst first, then last seen. */
export type IncidentOrder = 'recent' | 'severe'

/** What a decision makes of one incident; what is left out stays. */
export interface Change {
  id: string
  state?: IncidentState
  assignee?: string | null
  note?: Note
  suppressedBy?: string | null
}

/** Epoch seconds; `to` is not included. */
export interface Span {
  from: number
  to: number
}

/**
 * What happened, kept. Incidents and decisions are kept for good once their promise resolves, whatever happens to the program
 * then; flows and roll-ups are written in batches and the last second of them may be lost with it. Everything that can fail
 * rejects with an `Error`; bad cursors with a `CursorError`.
 */
export interface Store {
  /** Keeps new versions of incidents, all or none; resolves to them as they are kept now. The newest version of an id wins. */
  putIncidents(
    incidents: readonly Incident[],
    suppressedBy: (incident: Incident) => string | null,
  ): Promise<KeptIncident[]>
  /** Takes a batch to be written within a second or so; beyond what may wait, flows are dropped and counted. */
  putFlows(batch: FlowBatch): void
  /** Takes what is known of hosts; the newest of an address wins. */
  putHosts(hosts: readonly HostView[]): void
  /** Writes everything taken so far. */
  flush(): Promise<void>

  /** Appends to the journal and changes incidents by it, all or nothing. Changes of unknown incidents are ignored. */
  decide(decision: Omit<Decision, 'seq'>, changes: readonly Change[]): Promise<Decision>
  /** The journal, oldest first; all kinds unless given. */
  decisions(kinds?: readonly string[]): Promise<Decision[]>

  incidents(query: Query, order: IncidentOrder, slice: Slice): Promise<Page<KeptIncident>>
  incident(id: string): Promise<KeptIncident | null>
  /** Every incident last seen at or after `since`, oldest first, handed over in batches. */
  eachIncident(since: number, take: (batch: readonly KeptIncident[]) => void): Promise<void>
  /** Open incidents that are not suppressed, by severity; and how many each suppression covers. */
  counts(): Promise<{ open: Record<string, number>; hits: Map<string, { hits: number; lastHit: number }> }>
  /** The number incidents are counted from in a new run: no id so far has a greater one. */
  lastIncidentNumber(): Promise<number>

  /** Newest first. */
  flows(query: Query, slice: Slice): Promise<Page<KeptFlow>>
  /** The newest `most` flows as they were judged, oldest first: what rules are tried on. The record is only valid during the call. */
  eachFlow(span: Span, take: (flow: FlowRecord, weight: number) => void, most?: number): Promise<void>
  hosts(query: Query, slice: Slice): Promise<Page<KeptHost>>
  host(address: string): Promise<KeptHost | null>

  /** Traffic over time in intervals of `seconds` (a multiple of 60), oldest first; intervals without flows are left out. */
  timeline(span: Span, seconds: number): Promise<Interval[]>
  /** Hosts that moved most bytes. */
  talkers(span: Span, limit: number): Promise<Talker[]>

  /** What one host did in each 24 hours of `span`, counted back from its end, oldest first; days without traffic are left out. */
  hostDays(address: string, span: Span): Promise<HostDay[]>

  /** Flows by score, in 20 steps from 0 to 1: normal and anomalous. */
  scores(span: Span): Promise<{ normal: number[]; anomalous: number[] }>
  /** In how many incidents each detector and rule speaks. */
  speakers(): Promise<Map<string, number>>

  /** Deletes what is older or more than is to be kept; resolves to the number of flows deleted. */
  retain(limits: Retention, now: number): Promise<number>
  /** Writes every table as Parquet into `folder`, which must be below the data folder. Resolves to the files' names. */
  exportTo(folder: string): Promise<string[]>
  status(): Promise<StoreStatus>
  /** Writes what waits and lets go of the files. */
  close(): Promise<void>
}

export interface Retention {
  /** Days flows are kept, and incidents with all else. */
  flowDays: number
  incidentDays: number
  /** Bytes of the store on disk above which the oldest flows go. */
  maxBytes: number
  /** Flows above which the oldest go. */
  maxFlows: number
}

/** The cursor is not one this list gave out. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}
