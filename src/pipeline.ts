import type { Config } from './config.ts'
import type { Detector } from './detectors/detector.ts'
import { WINDOW } from './detectors/ecod/detector.ts'
import { createDetectors } from './detectors/index.ts'
import { isRuleDetector } from './detectors/rules/detector.ts'
import type { Rule } from './detectors/rules/rule.ts'
import { createDelayQueue, type Delayed } from './engine/delay.ts'
import { createExtractor } from './features/extract.ts'
import { FEATURES } from './features/index.ts'
import { createHostContext } from './hosts/context.ts'
import { createHosts } from './hosts/hosts.ts'
import { createBudget } from './incidents/budget.ts'
import { createCorrelator } from './incidents/correlate.ts'
import { type Anomaly, UNCLASSIFIED } from './incidents/entry.ts'
import { createEveryday } from './incidents/everyday.ts'
import { createNetworkChange, NETWORK_CHANGED } from './incidents/network-change.ts'
import { createSuspects } from './incidents/suspects.ts'
import { createIntake, type Intake } from './intake.ts'
import { findingsOf } from './judge/findings.ts'
import { createJudge } from './judge/judge.ts'
import { createFlowRecord } from './net/flow-record.ts'
import { isLacked } from './net/needs.ts'
import type { Learned } from './store/learned.ts'
import type { ModelView } from './types/api.ts'
import type { Basis } from './types/basis.ts'
import type { Counter, ModelStatus, Stats } from './types/events.ts'
import type { FlowRecord } from './types/flow.ts'
import { type HostView, ROLES } from './types/host.ts'
import type { Incident } from './types/incident.ts'
import type { Observation } from './types/observation.ts'
import type { Blindness, Sight } from './types/sight.ts'
import type { Otherwise, Reason, Verdict } from './types/verdict.ts'
import { ANOMALOUS, scoreOfEvidence } from './verdict/calibrated.ts'
import { evidenceOf, pOf } from './verdict/evidence.ts'
import { RULE_ANOMALY } from './verdict/fusion.ts'
import { createHostRanks, levelOf } from './verdict/host-ranks.ts'
import { createFusion } from './verdict/index.ts'
import { createStatistics } from './verdict/statistics.ts'

/**
 * What is told of every flow judged. `type` is null for a normal one, `incident` the id of the one it is part of; all is only
 * valid during the call.
 */
export type JudgedListener = (
  observation: Observation,
  verdict: Verdict,
  type: string | null,
  explain: () => Reason[],
  incident: string | null,
) => void

export interface PipelineOptions {
  config: Config
  /** Incidents of earlier runs: ids go on from there. Default: 0. */
  incidentsBefore?: number
  rules: readonly Rule[]
  /** Whether what many begin at once is told as one change of the network. Default: true; without, to measure what it saves. */
  guarded?: boolean
  /** Kinds of detectors that take part; all unless given. */
  kinds?: readonly Detector['kind'][]
  onJudged?: JudgedListener
  onIncident?: (incident: Incident) => void
}

/** Statistics but for what only whoever runs the sources knows. */
export type PipelineStats = Omit<Stats, 'sources' | 'blind' | 'flowsPerSecond'>

/** The whole story: takes what sources push, and knows at any time what came of it. */
export interface Pipeline {
  /**
   * A place for one source to push into. Frames of one source never join the flows of another. `prompt`: flows that close are
   * judged at once.
   */
  intake(name: string, prompt?: boolean): Intake
  /** Judges one flow, which is only read during the call. */
  flow(flow: FlowRecord): void
  /** All input is over: whatever is still open is judged now. */
  finish(): void
  stats(): PipelineStats
  /** What cannot be found in an input that lacks that, and the features that say nothing there. */
  blind(lacks: ReadonlySet<Sight>): Pick<Blindness, 'to' | 'features'>
  incidents(): Incident[]
  /** What is known of hosts, ours first, at most `limit`. */
  hosts(limit: number): HostView[]
  /** First and last instant of the traffic, epoch seconds; NaN before the first flow. */
  span(): { first: number; last: number }
  /** Packets that made no flow, by reason. */
  undecoded(): Record<string, number>
  /** Bytes of all that is known of hosts and learned, by what keeps it. */
  bytes(): Record<string, number>
  /** Judges by other rules from now on; what unchanged ones have counted is kept. */
  reload(rules: readonly Rule[]): void
  /** Lets the models raise so many incidents a day by themselves from now on. */
  allow(alertsPerDay: number): void
  /** What the model knows, but for what is kept of it elsewhere. */
  model(): Omit<ModelView, 'previous'>
  /** Has the models learn anew, all at once, from the flows they remember; false where there are too few. */
  retrain(): boolean
  /** By detector, what it has learned; and takes such up. Throws an `InputError` when it was made of other features. */
  models(): Learned['models']
  restoreModels(models: Learned['models']): void
  /** All that was learned of this network, for `restore`. */
  learned(): Omit<Learned, 'version'>
  /** Takes up what an earlier run learned. Throws an `InputError` when it was made of other features. */
  restore(learned: Learned): void
}

/** Above this a rule objects to a flow: no model learns from it. */
const OBJECTION = RULE_ANOMALY + 1e-9
/** Below this, what rules say is too little to name an attack by. */
const NAMES = 0.4
/** Hosts whose evidence is held. */
const HOSTS = 65_536
/** Flows that wait to be learned from. */
const WAITING = 16_384
/** Flows learned from, and seconds of the network watched, before the model may raise incidents. */
const CALIBRATED = { flows: 1_000, seconds: 1_800 }
/** Kolmogorov-Smirnov: what chance passes once in a thousand, times the root of two over the flows of either half. */
const CHANCE = 1.95
/** Hosts whose own flows are ranked among themselves, as source and as destination each. */
const RANKED = 4_096
/** Words kept of a flow that waits; where in them things are. */
const NOTE = 11
const [SOURCE, TARGET, ROLE, LEVEL] = [0, 4, 8, 10] as const

/** Per packet: decode, flow table. Per flow: hosts, features, detectors, verdict. Per anomaly: incidents. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { config, rules, kinds, guarded = true, onJudged, onIncident } = options
  const intakes: Intake[] = []
  const hosts = createHosts({ ...config.hosts, seed: config.seed })
  const extract = createExtractor()
  const all = createDetectors({ ...config.detection, seed: config.seed, rules, features: FEATURES })
  const detectors = kinds === undefined ? all : all.filter(({ kind }) => kinds.includes(kind))
  const judgement = createJudge({ detectors, fusion: createFusion(config.detection.fusion), features: FEATURES })
  const { verdict } = judgement
  const statistics = createStatistics()
  const correlator = createCorrelator({
    ...config.incidents,
    before: options.incidentsBefore ?? 0,
    nameOf: (address) => hosts.nameOf(address),
    ...(onIncident && { onChange: onIncident }),
  })
  const budget = createBudget({ seed: config.seed, cap: HOSTS, perDay: config.detection.alertsPerDay })
  const change = createNetworkChange(HOSTS)
  const suspects = createSuspects()
  const everyday = createEveryday()
  const features = new Float64Array(FEATURES.length)
  const observation = { flow: createFlowRecord(), context: createHostContext(), features }
  const queue = createDelayQueue(WAITING, features.length, observation.context.bins.length, NOTE)
  /** How strange flows of, and to, single hosts are. */
  const ranks = [1, 2].map((end) => createHostRanks({ seed: config.seed + end, cap: RANKED, roles: ROLES.length }))
  /** Both entities of the flow at hand, four words each, then their roles and the flow's level. */
  const note = new Int32Array(NOTE)
  let judged = 0
  const explain = (): Reason[] => judgement.explain(observation)
  const basis = (): Basis => judgement.basis(observation, budget.limit(last))
  let first = Number.NaN
  let last = Number.NaN
  /** Some model has not learned enough to judge. */
  let warming = true

  function judge(flow: FlowRecord): void {
    flow.id = ++judged
    if (!(flow.first >= first)) first = flow.first
    if (!(flow.last <= last)) last = flow.last
    observation.flow = flow
    observation.context = hosts.observe(flow)
    extract(observation, features)
    const p = pOf(judgement.score(observation))
    statistics.count(verdict)
    const passed = weigh(flow, p)
    if (verdict.anomaly) raise(flow, passed)
    else onJudged?.(observation, verdict, null, explain, null)
    correlator.advance(last)
    if (verdict.ruleScore <= OBJECTION) learn(flow)
  }

  /** What is usual for a host is no evidence against it, however rare it is in the network. */
  function weigh(flow: FlowRecord, p: number): 'source' | 'target' | null {
    const { srcLocal, dstLocal, dstBroadcastOrMulticast } = observation.context
    describe(flow, p)
    const isEveryday = everyday.excuses(observation, p, last)
    // Whom the operator named for a scanner does what is strange because it is asked to.
    if (observation.context.srcRole === 'scanner') return null
    const bySource = ranks[0]!.p(note, SOURCE, note[ROLE]!, p)
    // Of somebody elsewhere whom one of ours talks to, ours tells more.
    const toHost = !dstBroadcastOrMulticast && (dstLocal || !srcLocal)
    const byTarget = dstLocal ? Math.max(bySource, ranks[1]!.p(note, TARGET, note[ROLE + 1]!, p)) : bySource
    const most = isEveryday ? 1 : Number.POSITIVE_INFINITY
    const target = toHost ? Math.min(most, evidenceOf(byTarget)) : 0
    const passed = budget.weigh(flow, note, Math.min(most, evidenceOf(bySource)), target, last)
    return isEveryday ? null : passed
  }

  /** Notes whose flow it is: a device where the link shows one, so that a new address is not a new host. */
  function describe({ address }: FlowRecord, p: number): void {
    const { srcDevice, dstDevice, srcRole, dstRole } = observation.context
    note.set(address)
    if (srcDevice !== 0) note.set([0, 0, -1, srcDevice], SOURCE)
    if (dstDevice !== 0) note.set([0, 0, -1, dstDevice], TARGET)
    note[ROLE] = ROLES.indexOf(srcRole)
    note[ROLE + 1] = ROLES.indexOf(dstRole)
    note[LEVEL] = levelOf(p)
  }

  /** Rules that object raise an incident alone; the model, or one it shares a suspicion with, only once a host's flows add up. */
  function raise(flow: FlowRecord, passed: 'source' | 'target' | null): void {
    const findings = verdict.ruleScore < NAMES ? [] : findingsOf(detectors, observation)
    const otherwise = (): Otherwise | null => judgement.otherwise(observation, passed !== null && calibrated() === 1)
    const anomaly = {
      flow,
      now: last,
      verdict,
      findings,
      explain,
      otherwise,
      basis,
      ...(passed && { by: passed }),
    }
    const incident = verdict.ruleScore <= OBJECTION ? raiseByModel(anomaly, passed) : correlator.add(anomaly)
    onJudged?.(observation, verdict, findings[0]?.type ?? UNCLASSIFIED, explain, incident?.id ?? null)
  }

  /** What many begin at once is one incident, of the network's, and may be learned. */
  function raiseByModel(anomaly: Anomaly, passed: 'source' | 'target' | null): Incident | null {
    const joined = correlator.attach(anomaly)
    if (joined === null) suspects.strange(note, SOURCE, last, observation.context.localHosts)
    if (passed === null || calibrated() < 1 || (joined?.method ?? 'ML') !== 'ML') return joined
    return open(anomaly, passed, joined)
  }

  function open(anomaly: Anomaly, passed: 'source' | 'target', joined: Incident | null): Incident | null {
    const entity = passed === 'source' ? SOURCE : TARGET
    const { srcLocal, localHosts, networkAge } = observation.context
    if (guarded && srcLocal && change.add(anomaly.flow, last, localHosts, networkAge)) {
      const told = correlator.fold(anomaly, NETWORK_CHANGED.type) || budget.pay(note, entity, last)
      return told ? correlator.add({ ...anomaly, findings: [NETWORK_CHANGED] }) : joined
    }
    if (joined === null && budget.pay(note, entity, last)) return correlator.add(anomaly)
    suspect(entity)
    return joined
  }

  /** Who cannot be told of, for want of budget, is at least not learned from. */
  function suspect(entity: number): void {
    if (budget.isFar(note, entity, last)) suspects.add(note, entity, last, observation.context.localHosts)
  }

  /** How far the model is calibrated, 0 to 1: from then on it may raise incidents by itself. */
  function calibrated(): number {
    const { learned } = modelStatus(detectors)
    return Math.min(1, learned / CALIBRATED.flows, observation.context.networkAge / CALIBRATED.seconds)
  }

  /** Nobody in an open incident teaches what is normal, when the flow is seen or when it is due. */
  function learn(flow: FlowRecord): void {
    if (everyday.unsettled(last) || quarantined(flow.address, note)) return
    warming &&= detectors.some((detector) => detector.status?.state === 'learning')
    if (warming) {
      teach({ time: flow.last, address: flow.address, features, bins: observation.context.bins, note })
    } else queue.push(flow.last, flow.address, features, observation.context.bins, note)
    queue.release(last - Math.min(config.detection.learningDelay, (last - first) / 4), release)
  }

  function release(delayed: Delayed): void {
    if (!quarantined(delayed.address, delayed.note)) teach(delayed)
  }

  function teach(delayed: Delayed): void {
    hosts.learn(delayed.address, delayed.bins, delayed.time)
    for (const detector of detectors) detector.learn?.(delayed)
    ranks[0]!.learn(delayed.note, SOURCE, delayed.note[ROLE]!, delayed.note[LEVEL]!)
    ranks[1]!.learn(delayed.note, TARGET, delayed.note[ROLE + 1]!, delayed.note[LEVEL]!)
  }

  const quarantined = (address: Int32Array, entities: Int32Array): boolean =>
    correlator.leads(address, SOURCE) ||
    correlator.leads(address, TARGET) ||
    suspects.holds(entities, SOURCE, last) ||
    suspects.holds(entities, TARGET, last)

  const models = (): Learned['models'] =>
    Object.fromEntries(detectors.flatMap((one) => (one.toJSON === undefined ? [] : [[one.name, one.toJSON()]])))
  const restoreModels = (saved: Learned['models']): void => {
    for (const detector of detectors) if (detector.name in saved) detector.restore?.(saved[detector.name])
  }

  const modelState = (): ModelStatus => {
    const status = modelStatus(detectors)
    if (config.detection.fusion === 'classic') return status
    const share = calibrated()
    return status.state === 'active' && share < 1
      ? { ...status, state: 'calibrating', calibrated: share }
      : { ...status, calibrated: share }
  }

  return {
    intake(name, prompt = false) {
      const intake = createIntake({
        name,
        flows: { ...config.flows, seed: config.seed, prompt },
        judge,
        tick: correlator.advance,
      })
      intakes.push(intake)
      return intake
    },
    flow: judge,
    finish() {
      for (const intake of intakes) intake.end()
    },
    stats: () => ({
      ...statistics.totals(),
      model: modelState(),
      incidents: correlator.list().length,
      counters: [
        ...(['decode', 'tunnels', 'flows', 'names'] as const).flatMap((stage) => named(stage, sumOf(intakes, stage))),
        ...named('hosts', hosts.counters()),
        ...detectors.flatMap((detector) => named(detector.name, detector.counters?.() ?? {})),
        ...named('learning', { ...queue.counters(), ...suspects.counters() }),
        ...named('evidence', everyday.counters()),
        ...named('evidence', budget.counters()),
        ...named('evidence', ranks[0]!.counters()),
        ...named('incidents', correlator.counters()),
      ],
    }),
    bytes: () => ({
      hosts: hosts.bytes,
      ...Object.fromEntries(detectors.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [[name, bytes]]))),
      ranks: ranks[0]!.bytes + ranks[1]!.bytes,
      evidence: budget.bytes,
      learning: queue.bytes,
    }),
    reload(rules) {
      for (const detector of detectors) if (isRuleDetector(detector)) detector.reload(rules)
    },
    allow: (alertsPerDay) => budget.allow(alertsPerDay),
    blind: (lacks) => ({
      to: detectors.flatMap((detector) => detector.blind?.(lacks) ?? []),
      features: FEATURES.map(({ name }) => name).filter((name) => isLacked(name, lacks)),
    }),
    incidents: () => correlator.list(),
    hosts: (limit) => hosts.describe(limit).list,
    span: () => ({ first, last }),
    undecoded: () => sumOf(intakes, 'decode'),
    model() {
      const features = detectors.find((one) => one.distributions !== undefined)?.distributions?.() ?? []
      const { learned } = modelStatus(detectors)
      const flows = Math.min(learned, WINDOW)
      const calibratedFusion = config.detection.fusion === 'calibrated'
      return {
        ...{ features, flows, chance: CHANCE * Math.sqrt(2 / Math.max(2, flows / 2)) },
        cut: calibratedFusion
          ? { anomalous: scoreOfEvidence(ANOMALOUS), alone: scoreOfEvidence(budget.limit(last)) }
          : null,
      }
    },
    retrain: () => detectors.map((one) => one.retrain?.() ?? false).includes(true),
    models,
    restoreModels,
    learned: () => ({
      models: models(),
      hosts: Buffer.from(hosts.save()).toString('base64'),
      ranks: ranks.map((one) => Buffer.from(one.save()).toString('base64')),
      budget: budget.save(),
    }),
    restore({ models: learned, hosts: saved, ranks: savedRanks, budget: savings }) {
      restoreModels(learned)
      hosts.load(Buffer.from(saved, 'base64'))
      savedRanks.forEach((one, i) => {
        ranks[i]?.restore(Buffer.from(one, 'base64'))
      })
      budget.restore(savings)
      warming = true
    },
  }
}

function modelStatus(detectors: readonly Detector[]): ModelStatus {
  const status = detectors.find((detector) => detector.status !== undefined)?.status
  return status ?? { name: 'none', state: 'active', learned: 0, needed: 0 }
}

/** What the intakes count in one stage, together. */
function sumOf(intakes: readonly Intake[], stage: 'decode' | 'tunnels' | 'flows' | 'names'): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const intake of intakes) {
    for (const [name, value] of Object.entries(intake.counters()[stage])) sum[name] = (sum[name] ?? 0) + value
  }
  return sum
}

function named(stage: string, counters: Record<string, number>): Counter[] {
  return Object.entries(counters)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => ({ name: `${stage}.${name}`, value }))
}
