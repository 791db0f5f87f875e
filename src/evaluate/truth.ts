import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { InputError } from '../types/errors.ts'

const capture = z.object({
  id: z.number().int(),
  file: z.string(),
  cls: z.string().nullable(),
  start: z.number(),
  attack_start: z.number().optional(),
  attack_end: z.number().optional(),
  attacker: z.array(z.string()).optional(),
  victim: z.array(z.string()).optional(),
})

const truthSchema = z.object({
  epoch: z.number(),
  T: z.number().positive(),
  warm: z.number().nonnegative(),
  classes: z.array(z.string()).min(2),
  captures: z.array(capture),
})

/** One labelled attack in a capture. Times are epoch seconds. */
export interface TruthEvent {
  class: string
  file: string
  start: number
  end: number
  /** Addresses that took part: attackers and victims. Where neither is named, those of the flows labelled as this attack. */
  hosts: Set<string>
  named: boolean
}

/** What really happened in a labelled capture. */
export interface Truth {
  /** First instant, length in seconds, and how much of it is free of attacks. */
  epoch: number
  duration: number
  warm: number
  classes: string[]
  events: TruthEvent[]
  /** Index into `classes` by frame number - 1; null without per-packet labels. */
  labels: Uint8Array | null
}

/** Reads `file` (JSON, plain or .xz) and, beside it, `*.labels.u8`; throws an `InputError` that names what is wrong. */
export function readTruth(file: string): Truth {
  const parsed = truthSchema.safeParse(parseJson(file))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new InputError(`${file}: ${issue.path.join('.')}: ${issue.message}`)
  }
  const { epoch, T, warm, classes, captures } = parsed.data
  const labels = [file.replace(/gt\.json(\.xz)?$/, 'labels.u8'), file.replace(/gt\.json(\.xz)?$/, 'labels.u8.xz')]
  const labelFile = labels.find((path) => path !== file && existsSync(path))
  return {
    epoch,
    duration: T,
    warm,
    classes,
    labels: labelFile === undefined ? null : readMaybeXz(labelFile),
    events: captures.flatMap((item) => {
      if (item.cls === null || item.attack_start === undefined || item.attack_end === undefined) return []
      const hosts = new Set([...(item.attacker ?? []), ...(item.victim ?? [])])
      return [
        {
          class: item.cls,
          file: item.file,
          start: item.attack_start,
          end: item.attack_end,
          hosts,
          named: hosts.size > 0,
        },
      ]
    }),
  }
}

/** Class of the attack a frame (from 1) belongs to, null for benign ones and without labels per packet. */
export function labelOf({ labels, classes }: Truth, frame: number): string | null {
  const label = labels?.[frame - 1] ?? 0
  return label === 0 ? null : (classes[label] ?? null)
}

/** The bytes of a file; one that ends in .xz is unpacked by the `xz` program. */
export function readMaybeXz(file: string): Buffer {
  if (!existsSync(file)) throw new InputError(`${file}: no such file`)
  if (!file.endsWith('.xz')) return readFileSync(file)
  const { status, stdout, error } = spawnSync('xz', ['-dc', file], { maxBuffer: 2 ** 31 })
  if (error !== undefined || status !== 0)
    throw new InputError(`${file}: cannot be unpacked: is the xz program installed?`)
  return stdout
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readMaybeXz(file).toString('utf8'))
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${file}: is not JSON`)
  }
}
