import { hasText } from './payload.ts'

/** Bytes of the longest start line, and of the whole head, that are looked at. */
const LINE_MAX = 4096
const HEAD_MAX = 8192
const METHOD_MAX = 24
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a
/** Methods taken for HTTP in a line without a version, as in HTTP/0.9: other protocols name a path after a word too. */
const VERSIONLESS = ['GET ', 'POST ', 'HEAD ', 'PUT ', 'DELETE ', 'OPTIONS ']

/** The start line of an HTTP/1 request (RFC 9112): offsets into the bytes it was read from. One is reused. */
export class RequestLine {
  methodEnd = 0
  targetAt = 0
  targetEnd = 0
  /** Where the header fields start; the end of the bytes when the line is not whole. */
  next = 0

  /** Reads the line at `at`; false when it is none. A line that is not whole counts when it begins as requests do. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    const methodEnd = endOfMethod(bytes, at, end)
    if (methodEnd < 0) return false
    const lineEnd = endOfLine(bytes, methodEnd, Math.min(end, at + LINE_MAX))
    const whole = lineEnd < end && bytes[lineEnd] === LF
    this.methodEnd = methodEnd
    this.targetAt = methodEnd + 1
    this.next = whole ? lineEnd + 1 : end
    const stop = whole && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
    const version = startOfVersion(bytes, this.targetAt, stop)
    this.targetEnd = version < 0 ? stop : version - 1
    if (version >= 0) return true
    if (whole && !VERSIONLESS.some((method) => hasText(bytes, at, end, method))) return false
    return isTarget(bytes, this.targetAt, this.targetEnd)
  }
}

/** Where the method's letters end and a space follows, -1 when that is not so. */
function endOfMethod(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(end, at + METHOD_MAX)
  let i = at
  while (i < stop && isMethodLetter(bytes[i]!)) i++
  return i - at >= 3 && i < stop && bytes[i] === SPACE ? i : -1
}

function isMethodLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x2d
}

function endOfLine(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  while (i < end && bytes[i] !== LF) i++
  return i
}

/** Where ` HTTP/1.1` begins behind its space, -1 when the line does not end in a version. */
function startOfVersion(bytes: Uint8Array, at: number, end: number): number {
  let i = end
  while (i > at && bytes[i - 1] !== SPACE) i--
  return i > at && hasText(bytes, i, end, 'HTTP/') ? i : -1
}

/** Without a version in sight (HTTP/0.9, or the line goes on): a path or address of HTTP. */
function isTarget(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === 0x2f ? end > at && !hasOtherVersion(bytes, at, end) : hasText(bytes, at, end, 'http')
}

/** RTSP and SIP borrowed the form of the line. */
function hasOtherVersion(bytes: Uint8Array, at: number, end: number): boolean {
  let i = end
  while (i > at && bytes[i - 1] !== SPACE) i--
  return i > at && (hasText(bytes, i, end, 'RTSP/') || hasText(bytes, i, end, 'SIP/'))
}

/** The status of an HTTP/1 response that starts at `at`, 0 when none does. */
export function responseStatus(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 12 || !hasText(bytes, at, end, 'HTTP/')) return 0
  let status = 0
  for (let i = at + 9; i < at + 12; i++) {
    const digit = bytes[i]! - 0x30
    if (digit < 0 || digit > 9) return 0
    status = status * 10 + digit
  }
  return status >= 100 ? status : 0
}

/** The header fields of a request that are kept, as offsets into its bytes; -1 where absent. One is reused. */
export class HeaderFields {
  hostAt = -1
  hostEnd = -1
  agentAt = -1
  agentEnd = -1
  /** True when the empty line that ends the head was reached. */
  complete = false

  /** Reads the fields from `at` on. */
  read(bytes: Uint8Array, from: number, until: number): void {
    this.hostAt = -1
    this.agentAt = -1
    this.complete = false
    const end = Math.min(until, from + HEAD_MAX)
    for (let at = from; at < end; ) {
      const lineEnd = endOfLine(bytes, at, end)
      if (lineEnd === end) return
      const stop = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
      if (stop <= at) {
        this.complete = true
        return
      }
      this.#readField(bytes, at, stop)
      at = lineEnd + 1
    }
  }

  #readField(bytes: Uint8Array, at: number, end: number): void {
    if (this.hostAt < 0 && isNamed(bytes, at, end, 'host')) {
      this.hostAt = startOfValue(bytes, at + 5, end)
      this.hostEnd = endOfValue(bytes, this.hostAt, end)
    } else if (this.agentAt < 0 && isNamed(bytes, at, end, 'user-agent')) {
      this.agentAt = startOfValue(bytes, at + 11, end)
      this.agentEnd = endOfValue(bytes, this.agentAt, end)
    }
  }
}

/** True when the field at `at` has the lower-case `name`, in any case. */
function isNamed(bytes: Uint8Array, at: number, end: number, name: string): boolean {
  if (end - at <= name.length || bytes[at + name.length] !== COLON) return false
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i]!
    const wanted = name.charCodeAt(i)
    if (byte !== wanted && (byte | 0x20) !== wanted) return false
  }
  return true
}

function startOfValue(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++
  return i
}

function endOfValue(bytes: Uint8Array, at: number, end: number): number {
  let i = end
  while (i > at && (bytes[i - 1] === SPACE || bytes[i - 1] === TAB)) i--
  return i
}
