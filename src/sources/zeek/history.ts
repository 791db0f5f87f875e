import { CONN_STATES, type ConnState } from '../../types/flow.ts'
import type { SeenFlags } from '../flow-log/direction.ts'

const STATES: ReadonlySet<string> = new Set(CONN_STATES)

/** Zeek's `conn_state` of a TCP connection; `OTH` for what is none. */
export function connStateOf(text: string): ConnState {
  return STATES.has(text) ? (text as ConnState) : 'OTH'
}

/** Flags of one direction by the letters of Zeek's `history`: capitals are the originator's. Without it by the state. */
export function seenFlags(history: string, state: ConnState, forward: boolean): SeenFlags {
  if (history === '') return flagsOf(state, forward)
  const has = (letters: string): boolean => {
    for (const letter of letters) if (history.includes(forward ? letter.toUpperCase() : letter)) return true
    return false
  }
  const begun = forward ? history.includes('S') : false
  return {
    syn: has('shi'),
    fin: has('fi'),
    rst: has('r'),
    // A reset that answers a SYN acknowledges it; segments of a connection joined midway do so, too.
    ack: has('hadfgtwc') || (!begun && has('r')),
  }
}

const ANSWERED: ReadonlySet<ConnState> = new Set(['S1', 'SF', 'S2', 'S3', 'RSTO', 'RSTR'])
const RESET_BY_ORIGINATOR: ReadonlySet<ConnState> = new Set(['RSTO', 'RSTOS0'])
const RESET_BY_RESPONDER: ReadonlySet<ConnState> = new Set(['REJ', 'RSTR', 'RSTRH'])
const CLOSED_BY_ORIGINATOR: ReadonlySet<ConnState> = new Set(['SF', 'S2', 'SH'])
const CLOSED_BY_RESPONDER: ReadonlySet<ConnState> = new Set(['SF', 'S3', 'SHR'])

function flagsOf(state: ConnState, forward: boolean): SeenFlags {
  const answered = ANSWERED.has(state)
  if (forward) {
    const syn = state !== 'OTH' && state !== 'SHR' && state !== 'RSTRH'
    const fin = CLOSED_BY_ORIGINATOR.has(state)
    return { syn, fin, rst: RESET_BY_ORIGINATOR.has(state), ack: answered || state === 'OTH' || fin }
  }
  const syn = answered || state === 'SHR' || state === 'RSTRH'
  return { syn, fin: CLOSED_BY_RESPONDER.has(state), rst: RESET_BY_RESPONDER.has(state), ack: true }
}
