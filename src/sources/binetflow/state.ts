import type { ConnState } from '../../types/flow.ts'

/** Argus's words for a TCP connection when it is told not to list flags, and the nearest state. */
const WORDS: ReadonlyMap<string, ConnState> = new Map([
  ['REQ', 'S0'],
  ['INT', 'S0'],
  ['ACC', 'S1'],
  ['CON', 'S1'],
  ['EST', 'S1'],
  ['TIM', 'S1'],
  ['CLO', 'SF'],
  ['FIN', 'SF'],
  ['RST', 'RSTO'],
])

/** The two sides of a TCP `State` such as `FSPA_FSRPA`: the flags the source sent, and those the destination sent. */
export function sidesOf(state: string): { source: string; destination: string } | null {
  const at = state.indexOf('_')
  return at < 0 ? null : { source: state.slice(0, at), destination: state.slice(at + 1) }
}

/** The connection's state from the flags each side sent, as Zeek would call it; `OTH` when joined midway. */
export function connStateOf(forward: string, reverse: string): ConnState {
  const opened = forward.includes('S')
  const answered = reverse.includes('S')
  if (!opened && !answered) return 'OTH'
  if (forward.includes('F') && reverse.includes('F')) return 'SF'
  if (forward.includes('R')) return answered ? 'RSTO' : 'RSTOS0'
  if (reverse.includes('R')) return resetByResponder(opened, answered)
  if (forward.includes('F')) return answered ? 'S2' : 'SH'
  if (reverse.includes('F')) return opened ? 'S3' : 'SHR'
  return stillOpen(opened, answered, reverse)
}

function stillOpen(opened: boolean, answered: boolean, reverse: string): ConnState {
  if (opened && answered) return 'S1'
  return opened && reverse === '' ? 'S0' : 'OTH'
}

function resetByResponder(opened: boolean, answered: boolean): ConnState {
  if (!answered) return 'REJ'
  return opened ? 'RSTR' : 'RSTRH'
}

/** The state a word stands for, `OTH` for one not known. */
export function connStateNamed(word: string): ConnState {
  return WORDS.get(word) ?? 'OTH'
}
