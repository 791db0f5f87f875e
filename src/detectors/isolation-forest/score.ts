/** The name that reasons and saved models carry. */
export const NAME = 'isolation-forest'

/** The name a person reads. */
export const LABEL = 'Isolation Forest'

/** sigmoid(-5 x decision function): above 0.5 for what the forest calls an outlier. A score, not a probability. */
export function scoreOfDecision(decision: number): number {
  return 1 / (1 + Math.exp(5 * decision))
}
