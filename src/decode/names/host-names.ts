import type { FlowNames } from '../../types/flow.ts'

/** What the two ends of a flow call themselves: of each the first name it gives. */
export class HostNames {
  readonly #by: NonNullable<FlowNames['hostNameBy']>
  #source = ''
  #destination = ''

  constructor(by: NonNullable<FlowNames['hostNameBy']>) {
    this.#by = by
  }

  /** Whether the originator (`forward`), or the responder, has said its name. */
  knows(forward: boolean): boolean {
    return (forward ? this.#source : this.#destination) !== ''
  }

  tell(forward: boolean, name: string): void {
    if (this.knows(forward)) return
    if (forward) this.#source = name
    else this.#destination = name
  }

  /** Adds what was told, and forgets it; false when there was nothing. */
  addTo(names: FlowNames): boolean {
    if (this.#source !== '') names.srcHostName = this.#source
    if (this.#destination !== '') names.dstHostName = this.#destination
    const told = this.#source !== '' || this.#destination !== ''
    if (told) names.hostNameBy = this.#by
    this.#source = ''
    this.#destination = ''
    return told
  }
}
