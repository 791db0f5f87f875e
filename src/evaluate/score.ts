import type { AttackType } from '../types/attack.ts'
import type { Incident } from '../types/incident.ts'
import type { Truth, TruthEvent } from './truth.ts'

/** Seconds after an attack's last packet in which it still counts as found in time. */
export const GRACE = 30

/** Which attack types are a right name for a class of labelled attacks, by the class's first word. */
const RIGHT_NAMES: Readonly<Record<string, readonly AttackType[]>> = {
  portscan: ['Port Scan'],
  hostsweep: ['Host Sweep'],
  bruteforce: ['Brute Force'],
  ddos: ['DDoS'],
  dns: ['DNS Tunnel'],
  beacon: ['Beacon', 'Malware C&C'],
  malware: ['Malware C&C', 'Beacon'],
  web: ['Web Attack'],
  arp: ['ARP Spoofing'],
  ics: ['ICS Intrusion', 'Lateral Movement'],
  dhcp: ['DHCP Starvation'],
}

export interface EventScore {
  event: TruthEvent
  found: boolean
  named: boolean
  /** Attack's first packet to the incident, in the time of the traffic; null when not found. */
  delay: number | null
  incidents: Incident[]
}

export interface IncidentScore {
  events: EventScore[]
  /** Incidents that belong to no event. */
  unexplained: Incident[]
  unexplainedPerHour: number
}

/**
 * An incident belongs to an event whose time it overlaps and one of whose hosts it names, or, where nobody knows its hosts,
 * whose name it gives; it finds it when raised in time.
 */
export function scoreIncidents(truth: Truth, incidents: readonly Incident[]): IncidentScore {
  const matched = new Set<Incident>()
  const events = truth.events.map((event): EventScore => {
    const names = RIGHT_NAMES[event.class.split('_')[0]!] ?? []
    const own = incidents.filter((incident) => belongs(incident, event, names))
    for (const incident of own) matched.add(incident)
    const timely = own.filter((incident) => incident.detectedAt <= event.end + GRACE)
    return {
      event,
      found: timely.length > 0,
      named: timely.some((incident) => names.includes(incident.type as AttackType)),
      delay:
        timely.length === 0
          ? null
          : Math.min(...timely.map((incident) => Math.max(0, incident.detectedAt - event.start))),
      incidents: own,
    }
  })
  const unexplained = incidents.filter((incident) => !matched.has(incident))
  return { events, unexplained, unexplainedPerHour: unexplained.length / (truth.duration / 3600) }
}

function belongs(incident: Incident, event: TruthEvent, names: readonly AttackType[]): boolean {
  if (incident.firstSeen > event.end + GRACE || incident.lastSeen < event.start - 1) return false
  if (event.hosts.size === 0) return names.includes(incident.type as AttackType)
  return [...incident.sources, ...incident.targets].some((host) => event.hosts.has(host))
}
