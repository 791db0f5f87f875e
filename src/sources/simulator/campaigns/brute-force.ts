import { integer, pick, type Random } from '../../../math/random.ts'
import { PROTOCOL } from '../../../net/flow-record.ts'
import type { FlowNames } from '../../../types/flow.ts'
import type { Conversation } from '../conversation.ts'
import { logNormal, uniform } from '../distributions.ts'
import type { Device, Network } from '../network.ts'
import { close, closedByServer, connect, exchange, localPath, outsidePath, type Path, tls } from '../tcp.ts'
import { actors, outsider } from './actors.ts'
import type { Campaign } from './campaign.ts'

/** How one failed log-in looks on the wire: request and response bytes of each turn. */
interface Login {
  port: number
  victim(network: Network): Device
  tls?: boolean
  /** Connections, where they are not some twenty: one that carries several passwords, one in a while. */
  few?: boolean
  every?: number
  names?: FlowNames
  turns(random: Random): [request: number, response: number][]
}

const LOGINS: Readonly<Record<string, Login>> = {
  ssh: {
    port: 22,
    victim: (network) => network.nas,
    names: { ssh: 'SSH-2.0-libssh2_1.11.0' },
    turns: (random) => [
      [21, 32],
      [1_450, 1_480],
      [48, 720],
      [64, 52],
      ...Array.from({ length: integer(random, 1, 3) }, (): [number, number] => [148, 84]),
    ],
  },
  hydra: {
    port: 22,
    victim: (network) => network.nas,
    names: { ssh: 'SSH-2.0-libssh_0.10.6' },
    few: true,
    turns: () => [
      [23, 32],
      [1_000, 1_100],
      [48, 500],
      [64, 52],
      ...Array.from({ length: 3 }, (): [number, number] => [84, 52]),
    ],
  },
  pop3s: {
    port: 995,
    victim: (network) => network.nas,
    tls: true,
    every: 8,
    turns: () => [
      [36, 42],
      [36, 60],
    ],
  },
  ftp: {
    port: 21,
    victim: (network) => network.nas,
    turns: (random) => [
      [10, 34],
      [integer(random, 11, 18), 22],
      [6, 14],
    ],
  },
  rdp: {
    port: 3389,
    victim: (network) => network.windows,
    tls: true,
    turns: () => [
      [47, 19],
      [420, 310],
      [560, 120],
    ],
  },
  smb: {
    port: 445,
    victim: (network) => network.windows,
    turns: () => [
      [108, 252],
      [162, 318],
      [420, 77],
    ],
  },
  telnet: {
    port: 23,
    victim: (network) => network.camera,
    turns: () => [
      [12, 24],
      [7, 10],
      [9, 28],
    ],
  },
  mail: {
    port: 143,
    victim: (network) => network.nas,
    turns: () => [
      [2, 90],
      [36, 42],
      [12, 40],
    ],
  },
  web: {
    port: 80,
    victim: (network) => network.nas,
    names: { httpMethod: 'POST', httpPath: '/login', httpUserAgent: 'python-requests/2.32', httpStatus: 401 },
    turns: (random) => [[integer(random, 236, 252), 412]],
  },
}

/** Password after password, each on its own short connection. */
export const bruteForce: Campaign = {
  family: 'brute-force',
  type: 'Brute Force',
  attack: ['T1110'],
  variants: Object.keys(LOGINS),
  size: 'burst',
  generate(scene, variant) {
    const { random, network, talk } = scene
    const login = LOGINS[variant]!
    const victim = login.victim(network)
    const outside = login.every !== undefined || random() < 0.6
    const attacker = outside ? outsider(random, network) : pick(random, [network.laptop, network.tv])
    const path = outside ? outsidePath(random) : localPath(random)
    const tries = login.few ? 5 : login.every ? 60 : scene.amount(14, 24)
    let time = scene.start
    for (let i = 0; i < tries; i++) {
      const ends = { source: attacker, destination: victim, srcPort: 40_000 + i, dstPort: login.port }
      talk.open({ protocol: PROTOCOL.tcp, ...ends, ...(login.names ? { names: login.names } : {}) }, time)
      attempt(talk, random, path, login)
      time += login.every ?? (login.few ? 0.05 : talk.elapsed + logNormal(random, 0.25, 0.6, 0.05, 2))
      scene.push()
    }
    return actors(attacker, victim)
  },
}

function attempt(talk: Conversation, random: Random, path: Path, login: Login): void {
  connect(talk, path)
  if (login.tls) tls(talk, random, path)
  for (const [request, response] of login.turns(random)) exchange(talk, random, path, request, response)
  if (login.port !== 80) talk.wait(uniform(random, 0.2, 2))
  if (random() < 0.6) close(talk, path)
  else closedByServer(talk, path)
}
