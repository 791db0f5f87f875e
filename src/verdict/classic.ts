import { decide, type Fusion, RULE_ANOMALY } from './fusion.ts'

/** A model is certain enough to decide alone above this. */
const ML_ALONE = 0.8
/** Rules are certain enough to decide alone above this. */
const RULE_ALONE = 0.85
/** A sigmoid of the decision function lies above this where the decision function is negative. */
const OUTLIER = 0.5

/**
 * The original table, kept to the letter with its known faults: a forest trained on 20 flows never says more than 0.69, so
 * that the model never decides alone, and two rules of 0.35 each do not add up to more than 0.7.
 */
export function createClassicFusion(): Fusion {
  return {
    name: 'classic',
    settings: { ML_ALONE, RULE_ALONE, RULE_ANOMALY, OUTLIER },
    fuse(ruleScore, mlScore, _p, out) {
      const rule = ruleScore > RULE_ANOMALY
      const ml = mlScore > OUTLIER
      const larger = Math.max(ruleScore, mlScore)
      out.ruleScore = ruleScore
      out.mlScore = mlScore
      out.score = larger
      if (rule && ml) decide(out, 'Hybrid', larger)
      else if (mlScore > ML_ALONE) decide(out, 'ML', mlScore)
      else if (ruleScore > RULE_ALONE) decide(out, 'Rule', ruleScore)
      else decide(out, 'Normal', 1 - larger)
    },
  }
}
