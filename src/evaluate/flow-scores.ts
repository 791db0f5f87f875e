import { averagePrecision, rocAuc } from '../math/ranking.ts'

/** How well one score tells attack flows from the rest. */
export interface Separation {
  rocAuc: number
  averagePrecision: number
}

export interface FlowScores {
  /** One judged flow: is it part of an attack, and what did each engine say. */
  add(attack: boolean, rules: number, model: number, hybrid: number): void
  readonly flows: number
  readonly attacks: number
  separation(): Record<'rules' | 'model' | 'hybrid', Separation>
}

/** Keeps 25 bytes a flow. */
export function createFlowScores(): FlowScores {
  let capacity = 4096
  let positive = new Uint8Array(capacity)
  let columns = [0, 1, 2].map(() => new Float64Array(capacity))
  let flows = 0
  let attacks = 0

  const grow = (): void => {
    capacity *= 2
    const wider = new Uint8Array(capacity)
    wider.set(positive)
    positive = wider
    columns = columns.map((column) => {
      const next = new Float64Array(capacity)
      next.set(column)
      return next
    })
  }

  return {
    get flows() {
      return flows
    },
    get attacks() {
      return attacks
    },
    add(attack, rules, model, hybrid) {
      if (flows === capacity) grow()
      positive[flows] = attack ? 1 : 0
      columns[0]![flows] = rules
      columns[1]![flows] = model
      columns[2]![flows] = hybrid
      flows++
      if (attack) attacks++
    },
    separation() {
      const truth = positive.subarray(0, flows)
      const [rules, model, hybrid] = columns.map((column): Separation => {
        const scores = column.subarray(0, flows)
        return { rocAuc: rocAuc(scores, truth), averagePrecision: averagePrecision(scores, truth) }
      })
      return { rules: rules!, model: model!, hybrid: hybrid! }
    },
  }
}
