import type { Output } from './output.ts'

/** One JSON object: times in epoch seconds, the same bytes for the same input and seed. */
export const json: Output = {
  name: 'json',
  render: (report) => `${JSON.stringify(report)}\n`,
}
