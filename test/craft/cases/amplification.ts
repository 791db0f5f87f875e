import { dns, type Frame, merge, START, udpExchange } from '../index.ts'
import { household, outside, SERVER } from './household.ts'

/** Forty resolvers answer questions the server never asked, in one second. */
export function amplification(): Frame[] {
  const answers = Array.from({ length: 4 }, () => ({ type: 'TXT', value: 'v'.repeat(150) }) as const)
  const response = dns({ name: 'big.example', type: 'ANY', response: true, answers })
  const floods = Array.from({ length: 40 }, (_, i) => {
    const reflector = outside(`192.0.2.${i + 1}`)
    const turns = Array.from({ length: 3 }, () => [response, ''] as const)
    const ports = { port: 41_234, clientPort: 53, start: START + 180 + i * 0.025 }
    return udpExchange({ client: reflector, server: SERVER, ...ports, turns, think: 0.004 })
  })
  return merge(household(), ...floods)
}
