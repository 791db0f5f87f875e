import { formatAddress } from '../../net/address.ts'
import type { Quantity } from '../../types/host.ts'
import type { Observation } from '../../types/observation.ts'
import type { Reason } from '../../types/verdict.ts'
import { formatBytes, formatNumber, formatSpan } from '../ecod/wording.ts'
import type { Upload } from './detector.ts'
import { UPLOAD } from './tunables.ts'

/** One sentence: how much in what time, and what this host usually sends. */
export function reasonOf(observation: Observation, { by, factor }: Upload): Reason {
  const { flow, context } = observation
  const from = formatAddress(flow.address)
  const to = formatAddress(flow.address, 4)
  const isMinute = by === 'minute'
  const observed = isMinute ? context.srcBytesOut60s : context.pairBytesOut1h
  const amount = isMinute
    ? `${formatBytes(observed)} out of ${from} in 60 s, most of it to ${to}`
    : `${formatBytes(observed)} from ${from} to ${to} in 1 h`
  const base = {
    detector: 'exfiltration',
    feature: isMinute ? 'src_bytes_out_60s' : 'pair_bytes_out_1h',
    observed,
    share: 1,
  }
  if (factor === 0) {
    const limit = formatBytes(UPLOAD.withoutBaseline)
    return {
      ...base,
      text: `${amount}; limit ${limit} while the habits of this host are not known`,
      expected: `< ${limit}`,
    }
  }
  const quantity: Quantity = isMinute ? 'bytes_out_60s' : 'pair_bytes_out_1h'
  const most = formatBytes(context.baseline.quantile(quantity, 0.99))
  const stranger = context.dstTalkers <= 1 && context.pairAge <= UPLOAD.stranger.age
  const whom = stranger ? '; nobody else here knows that address' : ''
  return {
    ...base,
    text: `${amount}; this host stays at or below ${most} in 99 of 100 active minutes (${formatNumber(Number(factor.toPrecision(2)))} x), ${soOften(context.baseline, quantity)}${whom}`,
    expected: `<= ${most}`,
  }
}

/** What the histogram says of the same amount before: `never in 9 days`. */
function soOften(baseline: Observation['context']['baseline'], quantity: Quantity): string {
  const minutes = baseline.minutes(quantity)
  const times = Math.round(baseline.tail(quantity) * (minutes + 1)) - 1
  const span = formatSpan(baseline.age(quantity))
  return times <= 0
    ? `never so much in ${span}`
    : `as much in ${formatNumber(times)} of ${formatNumber(minutes)} active minutes`
}
