/** Prints how much longer every reader takes for twice the input: what is worst for each of them, 1 MiB against half of it. */
import { pcap, pcapng } from '../test/craft/index.ts'
import { TARGETS } from '../test/fuzz/targets.ts'
import { report, stopwatch } from './measure.ts'

const SIZES = [2 ** 19, 2 ** 20]
const ROUNDS = 5
/** Nanoseconds. */
const ENOUGH = 60e6

const text = (head: string, piece: string, tail = ''): Maker => {
  return (size) => Buffer.from(head + piece.repeat(Math.ceil(size / piece.length)) + tail)
}
type Maker = (size: number) => Uint8Array

const ZEEK =
  '#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\tresp_pkts\n'
const EVENT = '{"event_type":"flow","a":'
const CSV = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n'
const FRAME = [{ time: 1, bytes: Uint8Array.of(0xee) }]
/** One record of a capture again and again. */
const records = (none: Uint8Array, one: Uint8Array): Maker => {
  const record = one.subarray(none.length)
  return (size) => Buffer.concat([none, ...new Array<Uint8Array>(Math.ceil(size / record.length)).fill(record)])
}

/** By target, inputs that are the worst somebody thought of. */
const WORST: Readonly<Record<string, Readonly<Record<string, Maker>>>> = {
  pcap: {
    'frames of one byte': records(pcap([]), pcap(FRAME)),
  },
  pcapng: {
    'frames of one byte': records(pcapng([]), pcapng(FRAME)),
  },
  'zeek-tsv': {
    'a line of nothing but separators': text(ZEEK, '\t', '\n'),
    'lines of one character': text(ZEEK, 'x\n'),
    'headers, one after the other': text(ZEEK, '#fields\tts\n'),
  },
  'zeek-json': {
    'a line nested without end': text('{"id.orig_h":1}\n', '{"a":[', '\n'),
    'a line of many keys': text('{"id.orig_h":1', ',"k":1', '}\n'),
    'a line of escapes': text('{"id.orig_h":"', '\\\\', '"}\n'),
  },
  eve: {
    'an object that never ends': text(EVENT, '[\n'),
    'an object over many lines': text(EVENT, '1,\n"b":', '1}\n'),
    'ends of lists': text(`${EVENT}1}\n`, ']', 'x\n'),
    'objects in a list': text('[\n', '{"event_type":"flow"},\n', ']\n'),
  },
  nfdump: {
    'cells of quotes': text(CSV, '"', '\n'),
    'open quotes': text(CSV, '",', '\n'),
    'lines of one character': text(CSV, 'x\n'),
  },
  rules: {
    'a list of one field': text('title: a\nid: a\ndetection: { s: { dst_port: [', '1,', '] }, condition: s }\n'),
    'a condition without end': text(
      'title: a\nid: a\ndetection: { s: { dst_port: 1 }, condition: "s',
      ' and s',
      '" }\n',
    ),
  },
}

/** CPU milliseconds of one run, of so many that the clock of the processor can tell. */
function time(run: (bytes: Uint8Array) => void, bytes: Uint8Array): number {
  const times = Array.from({ length: ROUNDS }, () => {
    let runs = 0
    const cost = stopwatch()
    while (cost() < ENOUGH) {
      run(bytes)
      runs++
    }
    return cost() / runs / 1e6
  })
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!
}

for (const [name, inputs] of Object.entries(WORST)) {
  for (const [what, make] of Object.entries(inputs)) {
    const took = SIZES.map((size) => time(TARGETS[name]!.run, make(size)))
    report(`${name}, ${what}: twice the input takes`, [took[1]! / took[0]!], 'times')
    report(`${name}, ${what}: 1 MiB takes`, [took[1]!], 'ms')
  }
}
