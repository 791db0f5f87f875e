import { type Lab, type Nads, until } from './lab.ts'

const PORT = 8080
const HOME = `http://127.0.0.1:${PORT}/metrics`

/** A running `nads watch` and the counts it tells of itself. */
export class Sensor {
  readonly lab: Lab
  readonly nads: Nads
  readonly #tool: string

  private constructor(lab: Lab, nads: Nads, tool: string) {
    this.lab = lab
    this.nads = nads
    this.#tool = tool
  }

  /** Resolves once all of `interfaces` are watched. */
  static async start(lab: Lab, interfaces: string[], ...options: string[]): Promise<Sensor> {
    const tool = options[options.indexOf('--tool') + 1] ?? 'dumpcap'
    const nads = lab.nads('watch', ...interfaces, '--port', String(PORT), ...options)
    const sensor = new Sensor(lab, nads, options.includes('--tool') ? tool : 'dumpcap')
    await until(110, 'the sensor', () => sensor.#ready(interfaces))
    return sensor
  }

  /** One of the program's metrics; null while it does not answer. */
  async metric(name: string, labels = 'source="in"'): Promise<number | null> {
    return read(await this.lab.fetch(HOME), name, labels)
  }

  /** Packets of a source that were seen or counted as dropped. */
  async counted(source = 'in'): Promise<number> {
    const page = await this.lab.fetch(HOME)
    const dropped = (by: string): number =>
      read(page, 'nads_source_dropped_total', `source="${source}",by="${by}"`) ?? 0
    return (read(page, 'nads_packets_total', `source="${source}"`) ?? 0) + dropped('kernel') + dropped('queue')
  }

  /** Ids of the programs that capture for it. */
  get children(): number[] {
    return this.lab.capturing(this.#tool)
  }

  /** True once packets can be seen; else null. */
  async isUp(source = 'in'): Promise<true | null> {
    return (await this.metric('nads_source_up', `source="${source}"`)) === 1 ? true : null
  }

  async #ready(interfaces: string[]): Promise<true | null> {
    if (this.children.length < interfaces.length) return null
    for (const name of interfaces) if ((await this.isUp(name)) === null) return null
    return true
  }
}

function read(page: string, name: string, labels: string): number | null {
  const found = new RegExp(`^${name}\\{${labels}\\} (\\S+)$`, 'm').exec(page)
  return found === null ? null : Number(found[1])
}
