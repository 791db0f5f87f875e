import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import type { Payload } from './payload.ts'

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

/** A protocol of which nothing is read but what its speakers call themselves. */
export class SelfNaming implements Conversation {
  readonly #service: 'netbios' | 'ssdp'
  readonly #nameIn: (payload: Payload) => string
  readonly #names: HostNames

  /** `nameIn` finds the name a payload gives its sender, empty where it gives none. */
  constructor(service: 'netbios' | 'ssdp', nameIn: (payload: Payload) => string) {
    this.#service = service
    this.#nameIn = nameIn
    this.#names = new HostNames(service)
  }

  read(payload: Payload): Wants {
    if (!this.#names.knows(payload.forward)) this.#names.tell(payload.forward, this.#nameIn(payload))
    return WANTS.more
  }

  service(): string {
    return this.#service
  }

  names(): FlowNames | null {
    const names: FlowNames = {}
    return this.#names.addTo(names) ? names : null
  }
}
