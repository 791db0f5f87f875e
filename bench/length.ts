import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { built, outputOf } from './built.ts'
import { report, sized } from './measure.ts'
import { writeTraffic } from './traffic.ts'

/** Prints what is resident at most when a capture of 3 M packets is judged, and one of 12 M of the same traffic. */
const judge = built('judge')
const folder = mkdtempSync(join(tmpdir(), 'nads-length-'))
const path = join(folder, 'traffic.pcap')
try {
  const [few, many] = [sized(3_000_000, 100_000), sized(12_000_000, 400_000)].map((packets) => {
    writeTraffic(path, { packets, content: true })
    const { peak } = outputOf<{ peak: number }>(judge, path)
    return report(`${packets / 1e6} M packets: resident at most`, [peak], 'MiB')
  })
  report('four times as many packets', [many! / few!], 'x')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
