import type { FlowRecord } from '../../types/flow.ts'
import type { HostContext } from '../../types/host.ts'
import type { Finding, Level } from '../../types/verdict.ts'
import type { Detector } from '../detector.ts'
import { reasonOf } from './reason.ts'
import { UPLOAD } from './tunables.ts'

const SCORES: Readonly<Record<'low' | 'medium' | 'high', number>> = { low: 0.75, medium: 0.75, high: 0.9 }
const RESPONSE =
  'Ask the owner of the host whether this upload was meant, and what was in it. If nobody knows of it, cut the connection, keep the traffic, and look at what ran on the host before.'

/** What was measured of one upload. */
export interface Upload {
  level: 'low' | 'medium' | 'high' | null
  /** Whether the minute decided (all the host sent) or the hour (what it sent to this destination). */
  by: 'minute' | 'hour'
  /** Times the host's 99th percentile; 0 where its habits are not known. */
  factor: number
}

/** Finds what leaves the network in amounts its host never sends. */
export function createExfiltrationDetector(): Detector {
  const upload: Upload = { level: null, by: 'hour', factor: 0 }
  let hits = 0
  return {
    name: 'exfiltration',
    kind: 'rule',
    score({ flow, context }) {
      upload.level = null
      if (context.pairBytesOut1h < UPLOAD.least || !isUpload(flow, context)) return 0
      measure(context, upload)
      upload.level = levelOf(context, upload.factor)
      if (upload.level === null) return 0
      hits++
      return SCORES[upload.level]
    },
    explain: (observation) => (upload.level === null ? [] : [reasonOf(observation, upload)]),
    findings: () => (upload.level === null ? [] : [findingOf(upload.level)]),
    counters: () => ({ hits }),
  }
}

/** One-sided, and out of here. */
function isUpload({ forward, reverse, dstPort }: FlowRecord, context: HostContext): boolean {
  if (context.dstLocal || context.dstBroadcastOrMulticast || UPLOAD.roles.has(context.dstRole)) return false
  if (!context.srcLocal && context.localHosts > 0) return false
  if (forward.bytes < UPLOAD.flow || forward.bytes < UPLOAD.oneSided * reverse.bytes || dstPort === 53) return false
  return context.pairBytesOut1h >= UPLOAD.shareOfMinute * context.srcBytesOut60s
}

function measure({ baseline, srcBytesOut60s, pairBytesOut1h }: HostContext, upload: Upload): void {
  upload.by = 'hour'
  upload.factor = 0
  if (baseline.minutes('bytes_out_60s') < UPLOAD.minutes) return
  const inMinute = srcBytesOut60s / Math.max(1, baseline.quantile('bytes_out_60s', 0.99))
  const inHour = pairBytesOut1h / Math.max(1, baseline.quantile('pair_bytes_out_1h', 0.99))
  upload.by = inMinute > inHour ? 'minute' : 'hour'
  upload.factor = Math.max(inMinute, inHour)
}

function levelOf(context: HostContext, factor: number): Upload['level'] {
  const { stranger, farAbove } = UPLOAD
  const sent = context.pairBytesOut1h
  if (factor === 0) return sent >= UPLOAD.withoutBaseline ? 'medium' : null
  if (factor >= farAbove.factor && sent >= farAbove.least) return 'high'
  if (factor >= UPLOAD.factor) return 'medium'
  const isStranger = context.dstTalkers <= 1 && context.pairAge <= stranger.age
  return isStranger && factor >= stranger.factor && sent >= stranger.least ? 'low' : null
}

function findingOf(level: Level): Finding {
  return {
    type: 'Data Exfiltration',
    attack: ['T1041', 'T1048'],
    level,
    response: RESPONSE,
    title: 'Much more sent out than this host ever does',
  }
}
