import { constants, createGunzip, type Gunzip } from 'node:zlib'

/** Takes bytes in pieces that are only valid during the call. */
export interface ByteReader {
  /** True when reading on is of no use. */
  readonly stopped: boolean
  write(chunk: Uint8Array): void
}

const GZIP_MAGIC = [0x1f, 0x8b] as const
/** Bytes unpacked at a time. A piece is garbage once it is read; V8 lets about 32 MiB of such gather, whatever the ratio. */
const UNPACK_PIECE = 256 * 1024
/** What unpacks to more than this, and to so many times its size, is no log and no capture people have: counted. */
const RATIO = { bytes: 16 * 1024 * 1024, most: 100 }

/** True when `bytes` start as gzip does (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1]
}

/** Takes an input in pieces and gives the reader what is in them, unpacked when it turns out to be gzip. */
export class Intake {
  /** Set when the gzip data ended early, or is damaged. */
  damage: 'cut' | 'bad-gzip' | null = null
  readonly #reader: ByteReader
  #head: Uint8Array = new Uint8Array(0)
  #unpacker: Unpacker | null = null
  #started = false

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  /** True when reading on is of no use. */
  get stopped(): boolean {
    return this.#reader.stopped || this.damage !== null
  }

  async write(chunk: Uint8Array): Promise<void> {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    if (!this.#started && bytes.length < 2) {
      this.#head = Uint8Array.from(bytes)
      return
    }
    this.#head = new Uint8Array(0)
    await this.#begin(bytes)
  }

  /** What came was packed beyond reason. */
  get inflated(): boolean {
    return this.#unpacker?.inflated ?? false
  }

  /** The input is over. */
  async end(): Promise<void> {
    if (this.#head[0] === GZIP_MAGIC[0]) this.damage = 'cut'
    else this.#reader.write(this.#head)
    if (this.#unpacker !== null && !this.stopped) this.damage = await this.#unpacker.end()
    this.#unpacker?.close()
  }

  async #begin(bytes: Uint8Array): Promise<void> {
    if (!this.#started && isGzip(bytes)) this.#unpacker = new Unpacker(this.#reader)
    this.#started = true
    if (this.#unpacker === null) this.#reader.write(bytes)
    else this.damage = await this.#unpacker.write(bytes)
  }
}

type Damage = Intake['damage']

/** Unpacks gzip into a reader, one bounded piece at a time. */
class Unpacker {
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: UNPACK_PIECE })
  #damage: Damage = null
  /** What the reader threw: not ours to judge. */
  #fault: unknown = null
  #settle: () => void = () => {}
  #packed = 0
  #unpacked = 0

  constructor(reader: ByteReader) {
    this.#gunzip.on('data', (piece: Buffer) => {
      this.#unpacked += piece.length
      try {
        reader.write(piece)
      } catch (error) {
        this.#fault = error
      }
      if (reader.stopped || this.#fault !== null) this.#gunzip.destroy()
    })
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.#damage = error.errno === constants.Z_BUF_ERROR ? 'cut' : 'bad-gzip'
    })
    this.#gunzip.on('end', () => this.#settle())
    this.#gunzip.on('close', () => this.#settle())
  }

  get inflated(): boolean {
    return this.#unpacked > RATIO.bytes && this.#unpacked > RATIO.most * this.#packed
  }

  write(bytes: Uint8Array): Promise<Damage> {
    this.#packed += bytes.length
    return this.#wait((done) => this.#gunzip.write(bytes, done))
  }

  end(): Promise<Damage> {
    return this.#wait(() => this.#gunzip.end())
  }

  close(): void {
    this.#gunzip.destroy()
  }

  /** Does `step` and waits until it is through, or the stream is over. */
  #wait(step: (done: () => void) => void): Promise<Damage> {
    if (this.#gunzip.destroyed) return Promise.resolve(this.#damage)
    return new Promise((resolve, reject) => {
      this.#settle = () => (this.#fault === null ? resolve(this.#damage) : reject(this.#fault))
      step(this.#settle)
    })
  }
}
