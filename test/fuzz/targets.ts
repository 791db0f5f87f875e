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
import { Joined } from '../../src/sources/flow-log/joined.ts'
import { FILE_KINDS } from '../../src/sources/index.ts'
import { CaptureReader } from '../../src/sources/pcap/reader.ts'
import { InputError } from '../../src/types/errors.ts'
import type { FlowNames } from '../../src/types/flow.ts'
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
      const parser = format.createParser(new Joined())
      const record = createFlowRecord()
      for (const line of text.split('\n')) {
        if (parser.read(line, record) === 'flow' && !(record.last >= record.first))
          throw new Error(`${record.first} to ${record.last}`)
      }
      parser.lacks()
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
const CONN = [
  'ts',
  'uid',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'service',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'conn_state',
  'history',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
]
const CONN_VALUES = [
  '1700000000.5',
  'C1',
  '10.0.0.1',
  '40000',
  '10.0.0.2',
  '443',
  'tcp',
  'ssl',
  '1.5',
  '100',
  '2000',
  'SF',
  'ShADadFf',
  '10',
  '600',
  '9',
  '2400',
]

const EVENT = {
  timestamp: '2024-03-04T08:00:00.000000+0000',
  flow_id: 7,
  src_ip: '10.0.0.1',
  src_port: 40_000,
  dest_ip: '10.0.0.2',
  dest_port: 53,
  proto: 'UDP',
}
/** A question, an alert and the flow of both, as Suricata writes them. */
const EVE = [
  { ...EVENT, event_type: 'dns', dns: { type: 'query', rrname: 'www.example.org', rrtype: 'A' } },
  { ...EVENT, event_type: 'alert', alert: { signature: 'A name', category: 'Misc', severity: 2, signature_id: 1 } },
  {
    ...EVENT,
    event_type: 'flow',
    flow: {
      pkts_toserver: 1,
      pkts_toclient: 1,
      bytes_toserver: 80,
      bytes_toclient: 90,
      start: '2024-03-04T08:00:00.000000+0000',
      end: '2024-03-04T08:00:00.100000+0000',
    },
  },
]

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
  'zeek-tsv': lines('zeek', `#separator \\x09\n#fields\t${CONN.join('\t')}\n${CONN_VALUES.join('\t')}\n`),
  'zeek-json': lines(
    'zeek',
    `${JSON.stringify(Object.fromEntries(CONN.map((name, i) => [name, Number(CONN_VALUES[i]) || CONN_VALUES[i]])))}\n`,
  ),
  eve: lines('eve', EVE.map((event) => `${JSON.stringify(event)}\n`).join('')),
  nfdump: lines(
    'nfdump',
    'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n2024-03-04 08:00:00,2024-03-04 08:00:01,1.000,10.0.0.1,10.0.0.2,40000,443,TCP,...AP.SF,0,0,5,600\n',
  ),
  rules,
}
