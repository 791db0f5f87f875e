import { evidenceOf } from './evidence.ts'
import { decide, type Fusion, RULE_ANOMALY } from './fusion.ts'

/** Odds of a flow being anomalous before anything is known of it: 5 %. */
const PRIOR_ODDS = 0.05 / 0.95
/** Share of flows that are part of an attack, as odds: 0.5 %. What decides is asked of a verdict, not of the score. */
const BASE_ODDS = 0.005 / 0.995
/** Sums of decimal scores such as 0.35 + 0.2 + 0.15 miss 0.7 by less than this. */
const ROUNDING = 1e-9
/** Rules that come this far are believed where the model alone would decide as well. */
const SUSPICION = 0.5
/** A model whose p is below this backs a rule. */
const BACKS = 0.05
/** Nothing is certain. */
const MOST = 0.99

/**
 * Decides by how rare the flow is among those learned from, not by the size of the model's score:
 *
 * | Rules | Model | Method | Confidence |
 * |---|---|---|---|
 * | above 0.7 | p < 0.05 | Hybrid | odds of prior and rule score together, times e |
 * | at least 0.5 | more likely anomalous than not | Hybrid | posterior: both may say the same thing, that it is large |
 * | above 0.7 | | Rule | the rule score |
 * | | more likely anomalous than not | ML | posterior |
 * | otherwise | | Normal | 1 - the larger, the rule score scaled so that 0.7 is 0.5 |
 *
 * The p-value counts as evidence e = 0.2 p^-0.8 (Vovk, Wang 2021), whose mean over normal flows is 1, against a prior of
 * 5 %: the posterior passes 0.5 at p = 0.0034, which is then the share of normal flows that the model calls anomalous.
 * The score by which flows are ranked is the same with a prior of 0.5 %, so that it is as often right as it says.
 */
export function createCalibratedFusion(): Fusion {
  return {
    name: 'calibrated',
    settings: { PRIOR_ODDS, BASE_ODDS, RULE_ANOMALY, SUSPICION, BACKS, MOST },
    fuse(ruleScore, mlScore, p, out) {
      const evidence = evidenceOf(p)
      const posterior = probability(PRIOR_ODDS * evidence)
      const both = probability((PRIOR_ODDS + ruleScore / (1 - ruleScore)) * evidence)
      const ml = posterior > 0.5
      const rule = ruleScore > RULE_ANOMALY + ROUNDING
      out.ruleScore = ruleScore
      out.mlScore = mlScore
      out.score = probability((BASE_ODDS + ruleScore / (1 - ruleScore)) * evidence)
      if (rule && p < BACKS) decide(out, 'Hybrid', Math.min(MOST, both))
      else if (ml && ruleScore > SUSPICION - ROUNDING) decide(out, 'Hybrid', Math.min(MOST, posterior))
      else if (rule) decide(out, 'Rule', ruleScore)
      else if (ml) decide(out, 'ML', Math.min(MOST, posterior))
      else decide(out, 'Normal', 1 - Math.max(posterior, (0.5 * ruleScore) / RULE_ANOMALY))
    },
  }
}

/** The score of a flow that no rule speaks against and the model does with this e-value. */
export function scoreOfEvidence(e: number): number {
  return probability(BASE_ODDS * e)
}

/** The e-value from which on the model alone calls a flow anomalous. */
export const ANOMALOUS = 1 / PRIOR_ODDS

function probability(odds: number): number {
  return odds / (1 + odds)
}
