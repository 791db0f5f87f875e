/** A frame with its time, epoch seconds. `length` is the length on the wire where it was cut shorter. */
export interface Frame {
  time: number
  bytes: Uint8Array
  length?: number
  /** Index of the capture interface, for pcapng. */
  interface?: number
}

/** Frames of several conversations as one capture sees them. */
export function merge(...conversations: readonly (readonly Frame[])[]): Frame[] {
  return conversations.flat().sort((a, b) => a.time - b.time)
}

/** Whole seconds and the rest in units of 1 / `perSecond`. */
export function split(time: number, perSecond: number): { seconds: number; fraction: number } {
  const seconds = Math.floor(time)
  const fraction = Math.round((time - seconds) * perSecond)
  return fraction === perSecond ? { seconds: seconds + 1, fraction: 0 } : { seconds, fraction }
}
