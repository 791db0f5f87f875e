import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core'

/** The rows of a long list that are in sight, each `height` pixels high. */
export class Rows {
  /** Rows to draw: their index and how far down they begin. */
  items = $state.raw<readonly VirtualItem[]>([])
  total = $state(0)
  #count = 0
  #virtualizer: Virtualizer<HTMLElement, HTMLElement> | null = null
  readonly #height: number

  constructor(height: number) {
    this.#height = height
  }

  /** Follows what scrolls until told to stop. */
  attach = (element: HTMLElement): (() => void) => {
    const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options(element))
    this.#virtualizer = virtualizer
    const stop = virtualizer._didMount()
    virtualizer._willUpdate()
    this.#show()
    return () => {
      this.#virtualizer = null
      stop()
    }
  }

  /** Tells how many rows there are now. */
  resize(count: number): void {
    this.#count = count
    const element = this.#virtualizer?.scrollElement
    if (!element) return
    this.#virtualizer!.setOptions(this.#options(element))
    this.#virtualizer!._willUpdate()
    this.#show()
  }

  #show(): void {
    this.items = this.#virtualizer?.getVirtualItems() ?? []
    this.total = this.#virtualizer?.getTotalSize() ?? 0
  }

  #options(element: HTMLElement) {
    return {
      count: this.#count,
      overscan: 8,
      getScrollElement: () => element,
      estimateSize: () => this.#height,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#show(),
    }
  }
}
