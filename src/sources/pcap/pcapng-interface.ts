/** What a section says of one interface. */
export interface Interface {
  link: number
  /** 0 for no limit. */
  snapLength: number
  /** Ticks of its timestamps. */
  unitsPerSecond: number
  /** Seconds to add to every timestamp. */
  offset: number
  /** The high half of the timestamp before, as whole seconds and the ticks left over. */
  high: number
  highSeconds: number
  highTicks: number
}

const OPTION_END = 0
const OPTION_TIME_RESOLUTION = 9
const OPTION_TIME_OFFSET = 14

/** Reads the body of an Interface Description Block; options that overrun it end the list. */
export function readInterface(view: DataView, from: number, to: number, littleEndian: boolean): Interface {
  const result: Interface = {
    link: view.getUint16(from, littleEndian),
    snapLength: view.getUint32(from + 4, littleEndian),
    unitsPerSecond: 1e6,
    offset: 0,
    high: 0,
    highSeconds: 0,
    highTicks: 0,
  }
  for (let at = from + 8; to - at >= 4; ) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    at += 4
    if (code === OPTION_END || length > to - at) break
    if (code === OPTION_TIME_RESOLUTION && length === 1) result.unitsPerSecond = unitsPerSecond(view.getUint8(at))
    if (code === OPTION_TIME_OFFSET && length === 8) result.offset = Number(view.getBigInt64(at, littleEndian))
    at += (length + 3) & ~3
  }
  return result
}

/** Seconds of a 64-bit timestamp: nanoseconds since 1970 are more than a double can hold at once. */
export function secondsOf(source: Interface, high: number, low: number): number {
  const { unitsPerSecond } = source
  if (high !== source.high) {
    const ticks = high * 0x1_0000_0000
    source.high = high
    source.highTicks = ticks % unitsPerSecond
    source.highSeconds = Math.round((ticks - source.highTicks) / unitsPerSecond)
  }
  return source.highSeconds + source.offset + (source.highTicks + low) / unitsPerSecond
}

/** `if_tsresol`: a negative power of ten, or of two when the top bit is set. */
function unitsPerSecond(resolution: number): number {
  return (resolution & 0x80) === 0 ? 10 ** resolution : 2 ** (resolution & 0x7f)
}
