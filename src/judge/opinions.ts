import type { Detector, Said } from '../detectors/detector.ts'
import { SCORE_CAP } from '../detectors/rules/detector.ts'
import type { Verdict } from '../types/verdict.ts'
import { evidenceOf, pOf } from '../verdict/evidence.ts'
import type { Fusion } from '../verdict/fusion.ts'

/** Takes what detectors say of one flow and makes one verdict of it. Allocates nothing. */
export class Opinions {
  private readonly fusion: Fusion
  private ruleScore = 0
  private mlScore = 0
  private evidence = 0
  private models = 0

  constructor(fusion: Fusion) {
    this.fusion = fusion
  }

  /** Another flow is at hand. */
  begin(): void {
    this.ruleScore = this.mlScore = this.evidence = this.models = 0
  }

  /** What several know as patterns adds up, as the rules of one do. */
  rule(score: number): void {
    this.ruleScore = Math.min(SCORE_CAP, this.ruleScore + score)
  }

  model(score: number, p: number): void {
    this.mlScore = Math.max(this.mlScore, score)
    this.evidence += evidenceOf(p)
    this.models++
  }

  /** What a detector of that kind said. */
  add(kind: Detector['kind'], { score, p }: Said): void {
    if (kind === 'rule') this.rule(score)
    else this.model(score, p)
  }

  /** Fills the verdict and returns the e-value of the models: their mean, valid however they depend on each other. */
  decide(out: Verdict): number {
    const e = this.models === 0 ? 1 : this.evidence / this.models
    this.fusion.fuse(this.ruleScore, this.mlScore, pOf(e), out)
    return e
  }
}
