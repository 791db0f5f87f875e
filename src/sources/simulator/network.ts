import { parseAddress } from '../../net/address.ts'
import type { End } from './conversation.ts'
import { group6 } from './ipv6.ts'

/** A device of the household. */
export interface Device extends End {
  readonly name: string
}

/** A service of the outside world, seen through the router: its MAC is the router's. */
export interface Site extends End {
  readonly name: string
}

export const BROADCAST: End = { address: -1, mac: 0xffffffffffff, ttl: 0 }
export const NOBODY: End = { address: 0, mac: 0, ttl: 0 }
export const MDNS: End = { address: ipv4('224.0.0.251'), mac: 0x01005e0000fb, ttl: 0 }
export const SSDP: End = { address: ipv4('239.255.255.250'), mac: 0x01005e7ffffa, ttl: 0 }
export const LLMNR: End = { address: ipv4('224.0.0.252'), mac: 0x01005e0000fc, ttl: 0 }
export const MDNS6 = group6(0xfb)
export const ALL_NODES = group6(1)
export const ALL_ROUTERS = group6(2)

/** One home: its devices by what they are for. */
export interface Network {
  /** Its number among the homes. */
  readonly home: number
  /** First three bytes of the /24, as a word ending in 0. */
  readonly prefix: number
  readonly router: Device
  readonly nas: Device
  readonly printer: Device
  /** Reads the inverter over Modbus. */
  readonly hub: Device
  readonly inverter: Device
  readonly windows: Device
  readonly laptop: Device
  readonly phone: Device
  readonly tv: Device
  readonly console: Device
  readonly camera: Device
  readonly plugs: readonly Device[]
  /** Everything above. */
  readonly devices: readonly Device[]
  /** An outside address as this network's meter sees it. */
  outside(address: number, name?: string, hops?: number): Site
  /** A host of the /24 that is not one of the devices. */
  stranger(host: number, mac: number, ttl?: number): Device
  readonly sites: Sites
}

/** Outside services by what they are used for, the most popular first. */
export interface Sites {
  readonly web: readonly Site[]
  readonly video: readonly Site[]
  readonly updates: readonly Site[]
  readonly mail: readonly Site[]
  readonly time: readonly Site[]
  readonly calls: readonly Site[]
  readonly games: readonly Site[]
  readonly push: readonly Site[]
  readonly cloud: readonly Site[]
  /** Services that have been given up, though devices still ask for them. */
  readonly gone: readonly Site[]
}

/** Home number 0 is 192.168.1.0/24; the others are 10.x.y.0/24, so that a high rate has hosts enough to be plausible. */
export function createNetwork(home: number): Network {
  const prefix = home === 0 ? ipv4('192.168.1.0') : (10 << 24) | ((home >> 8) << 16) | ((home & 255) << 8)
  const device = (name: string, host: number, oui: number, ttl: number): Device => ({
    name,
    address: prefix | host,
    mac: oui * 0x1000000 + ((home * 256 + host) & 0xffffff),
    ttl,
  })
  const named = {
    router: device('router', 1, 0x44d9e7, 64),
    nas: device('nas', 10, 0x001132, 64),
    printer: device('printer', 20, 0x3c2af4, 255),
    hub: device('hub', 30, 0xb827eb, 64),
    inverter: device('inverter', 31, 0x00409d, 64),
    windows: device('windows', 101, 0x8c1645, 128),
    laptop: device('laptop', 102, 0xa483e7, 64),
    phone: device('phone', 103, 0x64a2f9, 64),
    tv: device('tv', 110, 0x7c646c, 64),
    console: device('console', 120, 0x7cbb8a, 64),
    camera: device('camera', 130, 0x2caa8e, 64),
  }
  const plugs = [141, 142, 143].map((host) => device(`plug-${host - 140}`, host, 0x50c7bf, 255))
  const outside = (address: number, name = '', hops = 6 + ((address >>> 3) & 7)): Site => ({
    name,
    address,
    mac: named.router.mac,
    ttl: 64 - hops,
  })
  return {
    ...named,
    home,
    prefix,
    plugs,
    devices: [...Object.values(named), ...plugs],
    outside,
    stranger: (host, mac, ttl = 64) => ({ name: 'stranger', address: prefix | host, mac, ttl }),
    sites: createSites(outside),
  }
}

/** Benign services live in 198.18.0.0/15 (RFC 2544) under `.example` (RFC 2606): nobody's, yet outside. */
function createSites(outside: Network['outside']): Sites {
  const group = (block: number, names: readonly string[], each = 1): Site[] =>
    names.flatMap((name, i) =>
      Array.from({ length: each }, (_, j) => {
        const label = each === 1 ? name : name.replace('.', `${j + 1}.`)
        return outside(ipv4('198.18.0.0') | (block << 10) | (i * 16 + j + 5), label)
      }),
    )
  return {
    web: group(1, WEB),
    video: group(2, ['edge.films.example', 'seg.tube.example'], 8),
    updates: group(3, ['dl.windows-fix.example', 'swcdn.fruit.example', 'pool.debs.example', 'ota.tvmaker.example']),
    mail: group(4, ['imap.post.example', 'smtp.post.example']),
    time: group(5, ['a.time.example', 'b.time.example', 'c.time.example']),
    calls: group(6, ['media.meet.example'], 6),
    games: group(7, ['eu.arena.example'], 4),
    push: group(8, ['push.robot.example', 'courier.fruit.example', 'chat.robot.example']),
    cloud: group(9, ['mqtt.plugmaker.example', 'eu.camcloud.example', 'api.hub.example', 'log.tvmaker.example']),
    gone: group(10, ['stats.consolemaker.example', 'tracker.films.example', 'ota.oldcam.example']),
  }
}

const WEB = [
  ...['search', 'social', 'tube', 'news', 'shop', 'wiki', 'weather', 'mail', 'maps', 'bank'],
  ...['forum', 'recipes', 'code', 'docs', 'photos', 'trains', 'school', 'travel', 'sport', 'radio'],
  ...['fonts', 'static', 'ads', 'metrics', 'cdn-a', 'cdn-b', 'images', 'scripts', 'comments', 'login'],
  ...['library', 'museum', 'cinema', 'garden', 'bikes', 'music', 'jobs', 'health', 'city', 'tax'],
].map((name) => `www.${name}.example`)

/** Word of a dotted quad that is known to be one. */
export function ipv4(text: string): number {
  const words = new Int32Array(4)
  parseAddress(text, words)
  return words[3]!
}
