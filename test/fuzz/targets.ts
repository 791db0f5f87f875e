import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDecoder } from '../../src/decode/decoder.ts'
import { createNames } from '../../src/decode/names/names.ts'
import { rowOf } from '../../src/decode/names/payload.case.ts'
import { createFields } from '../../src/detectors/rules/fields.ts'
import { parseRule } from '../../src/detectors/rules/rule.ts'
import { FEATURES } from '../../src/features/index.ts'
import { createFlowTable } from '../../src/flows/flow-table.ts'
import { createFlowRecord } from '../../src/net/flow-record.ts'
import type { FlowLogFormat } from '../../src/sources/flow-log/format.ts'
import { Joined } from '../../src/sources/flow-log/joined.ts'
import { FILE_KINDS } from '../../src/sources/index.ts'
import { CaptureReader } from '../../src/sources/pcap/reader.ts'
import { InputError } from '../../src/types/errors.ts'
import type { FlowNames, FlowRecord } from '../../src/types/flow.ts'
import { cryptoFrame, pcap, pcapng, quicInitial } from '../craft/index.ts'
import { collect } from '../exports/collected.ts'
import {
  commonFields,
  commonValues,
  conversations,
  dataSet,
  frameOf,
  ipfix,
  NOW,
  netflow5,
  netflow9,
  sflow,
  templateSet,
} from '../exports/datagrams.ts'
import { LOG_SAMPLES } from './logs.ts'
import { FRAMES, PAYLOADS, TUNNELLED } from './samples.ts'

/** Something that takes bytes from outside. `run` throws only when it is broken, never on what the bytes say. */
export interface Target {
  readonly samples: readonly Uint8Array[]
  run(bytes: Uint8Array): void
}

const LINKS = [1, 0, 9, 101, 113, 228, 229, 276, 147] as const

/** Capture files, by format. */
function captures(write: (frames: { time: number; bytes: Uint8Array }[]) => Uint8Array): Target {
  const frames = FRAMES.slice(0, 3).map((bytes, i) => ({ time: NOW + i, bytes }))
  return {
    samples: [write(frames)],
    run(bytes) {
      const reader = new CaptureReader({
        frame(buffer, offset, captured, length) {
          if (offset < 0 || offset + captured > buffer.length || captured > length + 2 ** 20)
            throw new Error('a frame outside its buffer')
        },
        flush() {},
      })
      reader.write(bytes)
    },
  }
}

/** Frames through decoder and flow table: the first byte tells the link. */
function frames(samples: readonly Uint8Array[]): Target {
  return {
    samples: samples.map((frame) => Uint8Array.of(0, ...frame)),
    run(bytes) {
      const decoder = createDecoder()
      let packets = 0
      const table = createFlowTable({ cap: 64 }, ({ forward, reverse }) => {
        packets += forward.packets + reverse.packets
      })
      const link = LINKS[(bytes[0] ?? 0) % LINKS.length]!
      for (let i = 0; i < 2; i++) decoder.decode(bytes, 1, bytes.length - 1, bytes.length - 1, NOW, link)
      const { count } = decoder.batch
      table.add(decoder.batch)
      table.flush()
      if (packets !== count) throw new Error(`${count} packets became ${packets}`)
    },
  }
}

/** Payloads of one flow: two bytes of port, one that tells transport and direction, then two payloads. */
function payloads(samples: (typeof PAYLOADS)[string]): Target {
  return {
    samples: samples.map(([port, tcp, content]) => Uint8Array.of(port >>> 8, port, tcp ? 1 : 0, 255, ...content)),
    run(bytes) {
      if (bytes.length < 4) return
      const names = createNames()
      const [port, kind, cut] = [(bytes[0]! << 8) | bytes[1]!, bytes[2]!, 4 + bytes[3]! * 4]
      const pieces = [bytes.subarray(4, cut), bytes.subarray(cut)].filter((piece) => piece.length > 0)
      pieces.forEach((piece, i) => {
        const forward = (kind & 2) === 0
        names.read(1, rowOf({ bytes: piece, tcp: (kind & 1) === 1, port, forward }), 0, forward, i + 1)
      })
      checkNames(names.names(1))
      names.forget(1)
    },
  }
}

/** What was read is printable, short and finite, whatever it was read of. */
export function checkNames(names: FlowNames | null): void {
  for (const [key, value] of Object.entries(names ?? {})) {
    const sane =
      typeof value === 'string'
        ? /^[\x20-\x7e]{0,1024}$/.test(value)
        : typeof value !== 'number' || (Number.isFinite(value) && value >= 0)
    if (!sane) throw new Error(`${key}: ${value}`)
  }
}

/** The frames inside an Initial packet: nobody finds the right key by chance. */
const quicFrames: Target = {
  samples: PAYLOADS.tls!.slice(0, 1).map(([, , content]) => cryptoFrame(0, content.subarray(5))),
  run(bytes) {
    const names = createNames()
    const datagram = quicInitial({ frames: bytes.subarray(0, 4000) })
    names.read(1, rowOf({ bytes: datagram, tcp: false, port: 443 }), 0, true, 1)
    checkNames(names.names(1))
  },
}

function exports(...samples: Uint8Array[]): Target {
  return { samples, run: (bytes) => void collect().give([bytes, bytes]).end() }
}

/** Hands over the flows a log of that kind tells of. */
export function readLog(format: FlowLogFormat, text: string, take: (flow: FlowRecord) => void): void {
  const joined = new Joined()
  joined.orphan = ({ record }) => record !== null && take(record)
  const parser = format.createParser(joined)
  const record = createFlowRecord()
  for (const line of text.split('\n')) {
    if (parser.read(line, record) !== 'flow') continue
    joined.take(parser.key, record)
    take(record)
  }
  parser.lacks()
  joined.end()
}

function lines(kind: string, ...samples: string[]): Target {
  const format = FILE_KINDS.logs.find((one) => one.kind === kind)!
  return {
    samples: samples.map((text) => Buffer.from(text)),
    run(bytes) {
      const text = Buffer.from(bytes).toString('utf8')
      try {
        if (!format.recognises(text, 'input')) return
      } catch (error) {
        if (error instanceof InputError) return
        throw error
      }
      readLog(format, text, ({ first, last, names }) => {
        if (!(last >= first)) throw new Error(`${first} to ${last}`)
        checkNames(names)
      })
    },
  }
}

const fields = createFields(FEATURES)
const rules: Target = {
  samples: ['ssh-brute-force', 'dns-tunnel-flow', 'http-flood'].map(ruleText),
  run(bytes) {
    try {
      parseRule(Buffer.from(bytes).toString('utf8'), 'rule.yaml', fields)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
  },
}

function ruleText(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../../rules', `${name}.yaml`))
}

const flows = conversations(9, 10).flat()
/** One log of every kind, and those that tell more of its flows. */
const LOGS: Readonly<Record<string, Target>> = Object.fromEntries(
  Object.entries(LOG_SAMPLES).map(([name, { kind, samples }]) => [name, lines(kind, ...samples)]),
)
const template = (version: 9 | 10): Uint8Array[] => {
  const common = commonFields(version)
  return [
    templateSet(version, 256, common),
    dataSet(
      256,
      common,
      flows.map((flow) => commonValues(version, flow)),
    ),
  ]
}
export const TARGETS: Readonly<Record<string, Target>> = {
  pcap: captures((list) => pcap(list)),
  pcapng: captures((list) => pcapng(list)),
  frames: frames(FRAMES),
  tunnels: frames(TUNNELLED),
  ...Object.fromEntries(Object.entries(PAYLOADS).map(([name, samples]) => [name, payloads(samples)])),
  'quic-frames': quicFrames,
  netflow5: exports(netflow5(flows)),
  netflow9: exports(netflow9(template(9))),
  ipfix: exports(ipfix(template(10))),
  sflow: exports(
    sflow(
      flows.map((flow) => frameOf(flow, 120)),
      { rate: 100, counters: 1 },
    ),
  ),
  ...LOGS,
  rules,
}
