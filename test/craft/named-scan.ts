import { concat, u8, zeros } from './bytes.ts'
import { type Frame, merge } from './frame.ts'
import { START } from './hosts.ts'
import { packet } from './layer.ts'
import { ethernet } from './link.ts'
import { ipv4 } from './network.ts'
import { tcpSession } from './tcp-conversations.ts'
import { udp } from './transport.ts'

/** A device that asks for an address, telling its name, and then knocks at 200 ports of another. */
export function namedScan(name: string): Frame[] {
  const client = { address: '10.0.0.5' }
  const server = { address: '10.0.0.9' }
  const asks = packet(
    ethernet({ src: '02:40:0a:00:00:05', dst: 'ff:ff:ff:ff:ff:ff' }),
    ipv4({ src: '0.0.0.0', dst: '255.255.255.255' }),
    udp({ srcPort: 68, dstPort: 67 }),
    request(name),
  )
  const knocks = Array.from({ length: 200 }, (_, i) =>
    tcpSession({ client, server, port: i + 1, clientPort: 40_001 + i, start: START + 60 + i / 50, turns: [] }),
  )
  return merge([{ time: START, bytes: asks }], ...knocks)
}

/** What a client broadcasts before it has an address: its name. */
function request(name: string): Uint8Array {
  const client = u8(0x02, 0x40, 10, 0, 0, 5)
  const options = concat(u8(99, 130, 83, 99, 53, 1, 3, 12, name.length), name, u8(255))
  return concat(u8(1, 1, 6, 0), zeros(24), client, zeros(202), options)
}
