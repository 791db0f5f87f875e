import type { ReadReport } from '../types/report.ts'

/** Turns a finished run into text for standard output. */
export interface Output {
  readonly name: string
  /** `width`: columns of the terminal; `colour`: whether it takes ANSI colours. */
  render(report: ReadReport, terminal: { width: number; colour: boolean }): string
}
