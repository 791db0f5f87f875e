import type { Reason } from '../../src/types/verdict.ts'

/** Where on a bar, in percent, what is usual ends and what was observed stands; on a logarithmic scale. */
export interface Span {
  usual: number
  observed: number
  title: string
}

/** The bar of a reason that goes beyond a limit or a 99th percentile; null where there is nothing to draw. */
export function spanOf({ observed, limit, normal }: Reason): Span | null {
  const usual = normal?.p99 ?? limit
  if (typeof observed !== 'number' || usual === undefined || !(observed > usual) || usual < 0) return null
  const title = normal === undefined ? 'limit and observed' : `99 % of ${OF[normal.of]} and observed`
  return { usual: (100 * Math.log1p(usual)) / Math.log1p(observed), observed: 100, title }
}

const OF = { host: 'the minutes of this host', network: 'flows here' } as const

/** Its part of the score: `62 %`. */
export function shareOf({ share }: Reason): string {
  return `${Math.round(100 * share)} %`
}

/** Who says so: `rule ssh-brute-force`, `suricata 1:2001219`, `ecod`. */
export function speakerOf({ detector, rule }: Pick<Reason, 'detector' | 'rule'>): string {
  if (rule === undefined) return detector
  return detector === 'rules' ? `rule ${rule}` : `${detector} ${rule}`
}
