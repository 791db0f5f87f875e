import { describe, expect, it } from 'vitest'
import type { Incident } from '../types/incident.ts'
import { scoreIncidents } from './score.ts'
import type { Truth } from './truth.ts'

const truth = (hosts: string[]): Truth => ({
  epoch: 0,
  duration: 3_600,
  warm: 0,
  classes: ['benign', 'dhcp_flood'],
  labels: null,
  events: [
    { class: 'dhcp_flood', file: 'x.pcap', start: 100, end: 200, hosts: new Set(hosts), named: hosts.length > 0 },
  ],
})

const incident = (type: string, firstSeen: number): Incident =>
  ({
    type,
    firstSeen,
    lastSeen: firstSeen + 5,
    detectedAt: firstSeen + 1,
    sources: ['10.0.0.9'],
    targets: [],
  }) as unknown as Incident

describe('an attack whose hosts nobody knows', () => {
  it('is found by an incident of its time and a right name, and by no other', () => {
    const found = (one: Incident) => scoreIncidents(truth([]), [one]).events[0]
    expect(found(incident('DHCP Starvation', 120))).toMatchObject({ found: true, named: true, delay: 21 })
    expect(found(incident('Port Scan', 120))).toMatchObject({ found: false, delay: null })
    expect(found(incident('DHCP Starvation', 900))).toMatchObject({ found: false })
  })

  it('is found by its hosts where they are known, whatever the name', () => {
    expect(scoreIncidents(truth(['10.0.0.9']), [incident('Port Scan', 120)]).events[0]).toMatchObject({
      found: true,
      named: false,
    })
    expect(scoreIncidents(truth(['10.0.0.8']), [incident('DHCP Starvation', 120)]).events[0]).toMatchObject({
      found: false,
    })
  })
})
