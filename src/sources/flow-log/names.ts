import { HashSet } from '../../math/hash-set.ts'
import { scrambleText } from '../../math/scramble.ts'
import { oddity } from '../../net/oddity.ts'
import { Target } from '../../net/percent.ts'
import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { cleaned, longestLabel, textEntropy } from './text.ts'

const NXDOMAIN = 3
/** As the decoder has them: CNAME, NULL, MX, TXT, KEY, and the private types. */
const ODD_TYPES = new Set([5, 10, 15, 16, 25])
const PRIVATE_TYPES = 0xff00
const NAME_MAX = 255

const target = new Target()

/** A DNS question with, where there was one, its answer. Fields that are not known are NaN. */
export interface Lookup {
  name: string
  type: number
  rcode: number
  answers: number
}

/** An HTTP request with its response; what is not known is `''` or NaN. */
export interface Request {
  method: string
  host: string
  path: string
  agent: string
  status: number
}

/** Gathers what a log tells of one flow's application layer into the names the decoder would have read. */
export class NamesGatherer {
  readonly #names: FlowNames = {}
  #hashes: HashSet | null = null
  #entropy = 0
  #oddity = 0

  lookup({ name: text, type, rcode, answers }: Lookup): void {
    const names = this.#names
    const name = cleaned(text).slice(0, NAME_MAX)
    if (names.dnsQuery === undefined) {
      names.dnsQuery = name
      names.dnsType = type >= 0 ? type : 0
    }
    this.#hashes ??= new HashSet()
    this.#hashes.add(scrambleText(name, 0) || 1)
    this.#entropy += textEntropy(name)
    const queries = (names.dnsQueries ?? 0) + 1
    names.dnsQueries = queries
    names.dnsNames = this.#hashes.size
    if (this.#hashes.size > 1) names.dnsHashes = this.#hashes.values
    names.dnsNameBytes = (names.dnsNameBytes ?? 0) + name.length
    names.dnsLongestLabel = Math.max(names.dnsLongestLabel ?? 0, longestLabel(name))
    names.dnsEntropy = this.#entropy / queries
    names.dnsOddTypes = (names.dnsOddTypes ?? 0) + Number(ODD_TYPES.has(type) || type >= PRIVATE_TYPES)
    this.#answer(rcode, answers)
  }

  /** The response to a question that was told before. */
  answer(rcode: number, answers: number): void {
    this.#answer(rcode, answers)
  }

  request({ method, host, path, agent, status }: Request): void {
    const names = this.#names
    names.httpRequests = (names.httpRequests ?? 0) + 1
    names.httpErrors = (names.httpErrors ?? 0) + Number(status >= 400)
    const bytes = Buffer.from(path.slice(0, 4096))
    target.decode(bytes, 0, bytes.length)
    const decoded = printable(target.bytes, 0, target.length)
    if (names.httpMethod === undefined && method !== '') {
      names.httpMethod = cleaned(method)
      names.httpPath = decoded
      if (host !== '') names.httpHost = cleaned(host)
      if (agent !== '') names.httpUserAgent = cleaned(agent)
    }
    if (names.httpStatus === undefined && status >= 100) names.httpStatus = status
    const odd = oddity(target.bytes, target.length)
    if (odd <= this.#oddity) return
    this.#oddity = odd
    names.httpOddPath = decoded
  }

  /** The first of each counts. */
  set(
    key: 'tlsSni' | 'tlsAlpn' | 'ssh' | 'dhcpHost' | 'dhcpRequested' | 'dhcpMac' | 'dhcpAddress' | 'tftpFile',
    value: string,
  ): void {
    if (value !== '') this.#names[key] ??= cleaned(value)
  }

  count(key: 'dhcpMessage' | 'dhcpClients', value: number): void {
    if (value >= 0) this.#names[key] ??= value
  }

  /** Null when nothing was told. */
  names(): FlowNames | null {
    return Object.keys(this.#names).length === 0 ? null : this.#names
  }

  #answer(rcode: number, answers: number): void {
    if (!(rcode >= 0)) return
    const names = this.#names
    names.dnsNxdomain = (names.dnsNxdomain ?? 0) + Number(rcode === NXDOMAIN)
    if (names.dnsRcode !== undefined) return
    names.dnsRcode = rcode
    names.dnsAnswers = Math.max(0, answers)
  }
}
