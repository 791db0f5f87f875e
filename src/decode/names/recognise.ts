import type { Conversation } from './conversation.ts'
import { DhcpConversation, isDhcp } from './dhcp.ts'
import { DnsConversation, isDns } from './dns.ts'
import { SelfNaming } from './host-names.ts'
import { HttpConversation, isHttp } from './http.ts'
import { recogniseKnown } from './known.ts'
import { isModbus, ModbusConversation } from './modbus.ts'
import { isNetbios, nameInNetbios } from './netbios.ts'
import type { Payload } from './payload.ts'
import { isQuic, QuicConversation } from './quic.ts'
import { isSsdp, nameInSsdp } from './ssdp.ts'
import { isSsh, SshConversation } from './ssh.ts'
import { isTftp, TftpConversation } from './tftp.ts'
import { isTls, TlsConversation } from './tls.ts'

/** Services that are recognised by their content: what is on their ports and is not, is of an unknown service. */
const RECOGNISED = new Set(['dns', 'http', 'https', 'modbus', 'rdp', 'smb', 'ssh'])

/** The service of a flow on the port of `byPort` whose content was not recognised. */
export function unrecognisedService(byPort: string): string {
  return RECOGNISED.has(byPort) ? '' : byPort
}

/** The conversation that `payload` is of, by its content; null when it is of no protocol known here. */
export function recognise(payload: Payload): Conversation | null {
  return payload.tcp ? recogniseStream(payload) : recogniseDatagram(payload)
}

function recogniseDatagram(payload: Payload): Conversation | null {
  if (isDns(payload)) return new DnsConversation()
  if (isDhcp(payload)) return new DhcpConversation()
  if (isNetbios(payload)) return new SelfNaming('netbios', nameInNetbios)
  if (isSsdp(payload)) return new SelfNaming('ssdp', nameInSsdp)
  if (isQuic(payload)) return new QuicConversation()
  return isTftp(payload) ? new TftpConversation() : null
}

function recogniseStream(payload: Payload): Conversation | null {
  if (isTls(payload)) return new TlsConversation()
  if (isHttp(payload)) return new HttpConversation()
  if (isSsh(payload)) return new SshConversation()
  if (isDns(payload)) return new DnsConversation()
  return isModbus(payload) ? new ModbusConversation() : recogniseKnown(payload)
}
