/** `npx tsx scripts/mutated.ts [PACKETS] [SEED]`: mutated packets from frame to verdict, ten million unless told. */
import { defaults, judgeMutated } from '../test/fuzz/pipeline.ts'

const [packets = '10000000', seed = '1'] = process.argv.slice(2)
const PIECE = 1_000_000
const start = Date.now()
for (let left = Number(packets), piece = 0; left > 0; left -= PIECE, piece++) {
  const report = judgeMutated(Math.min(left, PIECE), Number(seed) + piece, defaults())
  const seconds = Math.round((Date.now() - start) / 1000)
  console.log(`${JSON.stringify(report)} ${seconds} s, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`)
}
