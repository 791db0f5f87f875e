/** The bytes of a typed array, in this machine's order (little-endian on every one that Node.js is commonly run on). */
export function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** The bytes of `text`, for a typed array to be laid over. Null unless they are whole elements, `count` of them if given. */
export function fromBase64(text: string, elementBytes: number, count?: number): ArrayBuffer | null {
  const { buffer } = Uint8Array.from(Buffer.from(text, 'base64'))
  const whole =
    count === undefined ? buffer.byteLength % elementBytes === 0 : buffer.byteLength === count * elementBytes
  return whole ? buffer : null
}
