import { bytesOf, concat } from './bytes.ts'

/** What the network layer tells the transport layer, for its pseudo header. */
export interface Ends {
  readonly src: Uint8Array
  readonly dst: Uint8Array
}

/** One layer of a packet; packets are built from the inside out. */
export interface Layer {
  /** How Ethernet announces this layer. */
  readonly etherType?: number
  /** How IP announces this layer. */
  readonly protocol?: number
  /** Addresses, on a network layer. */
  readonly ends?: Ends
  /** This layer around `payload`; `next` is the layer inside it, `ends` those of the network layer around it. */
  encode(payload: Uint8Array, next: Layer | undefined, ends: Ends | undefined): Uint8Array
}

/** Layers from the outside in; text and bytes may end the list as payload. */
export function packet(...layers: readonly (Layer | Uint8Array | string)[]): Uint8Array {
  let ends: Ends | undefined
  const around = layers.map((layer) => {
    const outer = ends
    if (isLayer(layer) && layer.ends !== undefined) ends = layer.ends
    return outer
  })
  let payload: Uint8Array = new Uint8Array(0)
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i]!
    const next = layers[i + 1]
    if (!isLayer(layer)) payload = concat(bytesOf(layer), payload)
    else payload = layer.encode(payload, next !== undefined && isLayer(next) ? next : undefined, around[i])
  }
  return payload
}

function isLayer(value: Layer | Uint8Array | string): value is Layer {
  return typeof value === 'object' && 'encode' in value
}
