import { pack, unpack } from '../math/packed.ts'
import { InputError } from '../types/errors.ts'
import type { SavedNames } from './device-names.ts'
import type { Observer } from './observer.ts'

const KIND = 'hosts'
const VERSION = 1

interface Note {
  /** Keys of pairs depend on it. */
  seed: number
  /** First and newest time seen, epoch seconds. */
  started: number
  now: number
  /** What devices call themselves. */
  names?: SavedNames
}

/** Identities, roles, baselines and known pairs as one block of bytes. Windows are left out: they are over by then. */
export function saveObserver(observer: Observer, seed: number): Uint8Array {
  const { population, devices, pairs, clock } = observer
  const { identities, roles, baselines, table } = population
  const note: Note = { seed, started: clock.started, now: clock.now, names: observer.deviceNames.save() }
  const arrays = {
    ...identities.save(table.size),
    ...roles.save(table.size),
    ...baselines.save(table.size),
    ...devices.save(),
    ...pairs.save(),
  }
  return pack(KIND, VERSION, { note, arrays })
}

/** Fills an observer that has seen nothing yet; throws an `InputError` when `bytes` is no saved state. */
export function loadObserver(observer: Observer, seed: number, bytes: Uint8Array): void {
  const saved = unpack(KIND, VERSION, bytes)
  const note = saved.note as Partial<Note> | null
  if (typeof note?.started !== 'number' || typeof note.now !== 'number') {
    throw new InputError(`saved ${KIND}: its times are missing`)
  }
  const { population, devices, pairs, clock } = observer
  const rows = observer.ends.restore(saved.take('addresses', Int32Array))
  population.identities.restore(rows, saved)
  population.roles.restore(rows, saved)
  population.baselines.restore(rows, saved)
  devices.restore(saved)
  if (note.names !== undefined) observer.deviceNames.restore(note.names)
  if (note.seed === seed) pairs.restore(saved)
  clock.resume(note.started, note.now)
}
