import { describe, expect, it } from 'vitest'
import { concat, u8, u16, u32, zeros } from '../../../test/craft/index.ts'
import { DhcpConversation, isDhcp } from './dhcp.ts'
import { recogniseKnown } from './known.ts'
import { isModbus, ModbusConversation } from './modbus.ts'
import { payloadOf } from './payload.case.ts'
import { isSsh, SshConversation } from './ssh.ts'
import { isTftp, TftpConversation } from './tftp.ts'

describe('SSH', () => {
  const banner = (text: string, forward: boolean) => payloadOf({ bytes: text, port: 22, forward })

  it('tells what the originator calls itself, else what the responder does', () => {
    const conversation = new SshConversation()
    conversation.read(banner('SSH-2.0-OpenSSH_9.6\r\n', false))
    expect(conversation.names()).toEqual({ ssh: 'SSH-2.0-OpenSSH_9.6' })
    conversation.read(banner('SSH-2.0-libssh_0.10\n', true))
    conversation.read(banner('SSH-2.0-other\r\n', false))
    expect(conversation.names()).toEqual({ ssh: 'SSH-2.0-libssh_0.10' })
    expect(isSsh(banner('ssh-2.0', true))).toBe(false)
  })

  it('has a banner of at most 255 bytes', () => {
    const conversation = new SshConversation()
    conversation.read(banner(`SSH-2.0-${'x'.repeat(1000)}`, true))
    expect(conversation.names().ssh).toHaveLength(255)
  })
})

describe('DHCP', () => {
  function discover(client: number, ...options: Uint8Array[]): Uint8Array {
    const head = concat(u8(1, 1, 6, 0), zeros(24), u8(0x02, 0, 0, 0, 0, client), zeros(202))
    return concat(head, u32(0x63825363), ...options)
  }
  const sent = (bytes: Uint8Array) => payloadOf({ bytes, tcp: false, port: 67 })

  it('tells who asks for what, and how many do', () => {
    const conversation = new DhcpConversation()
    const options = [u8(53, 1, 1), u8(0), concat(u8(12, 5), 'phone'), u8(50, 4, 10, 0, 0, 7), u8(255)]
    conversation.read(sent(discover(1, ...options)))
    for (const client of [2, 3, 3]) conversation.read(sent(discover(client, u8(53, 1, 3))))
    const told = { dhcpMessage: 1, dhcpHost: 'phone', dhcpRequested: '10.0.0.7', dhcpMac: '02:00:00:00:00:01' }
    expect(conversation.names()).toEqual({ ...told, dhcpClients: 3 })
    expect(conversation.names()).toBeNull()
  })

  it('tells which address a client got, once it is acknowledged', () => {
    const conversation = new DhcpConversation()
    const given = (client: number, type: number): Uint8Array => {
      const message = discover(client, u8(53, 1, type))
      message.set([10, 0, 0, 40 + client], 16)
      return message
    }
    conversation.read(sent(given(1, 2)))
    expect(conversation.names()).toMatchObject({ dhcpMessage: 2, dhcpMac: '02:00:00:00:00:01' })
    for (const [client, type] of [
      [1, 2],
      [2, 5],
      [1, 5],
    ] as const)
      conversation.read(sent(given(client, type)))
    expect(conversation.names()).toMatchObject({ dhcpMac: '02:00:00:00:00:01', dhcpAddress: '10.0.0.41' })
  })

  it('stops at options that are cut, and is known by its cookie', () => {
    const conversation = new DhcpConversation()
    conversation.read(sent(discover(1, u8(53, 1, 1), u8(12, 200, 65))))
    expect(conversation.names()).toEqual({ dhcpMessage: 1, dhcpClients: 1, dhcpMac: '02:00:00:00:00:01' })
    expect(isDhcp(sent(zeros(300)))).toBe(false)
    expect(isDhcp(sent(discover(1).subarray(0, 239)))).toBe(false)
  })
})

describe('Modbus', () => {
  const request = (code: number): Uint8Array => concat(u16(1, 0, 6), u8(1, code), u16(0, 1))

  it('counts what requests do, however many a segment holds', () => {
    const conversation = new ModbusConversation()
    conversation.read(payloadOf({ bytes: concat(request(3), request(6), request(16)), port: 502 }))
    conversation.read(payloadOf({ bytes: request(3), port: 502, forward: false }))
    conversation.read(payloadOf({ bytes: request(43), port: 502 }))
    expect(conversation.names()).toEqual({ modbusReads: 1, modbusWrites: 2 })
  })

  it('is known by its header', () => {
    expect(isModbus(payloadOf({ bytes: request(3), port: 502 }))).toBe(true)
    expect(isModbus(payloadOf({ bytes: request(3), port: 503 }))).toBe(false)
    expect(isModbus(payloadOf({ bytes: 'GET / HTTP/1.1', port: 502 }))).toBe(false)
  })
})

describe('TFTP', () => {
  it('tells the file and counts writes', () => {
    const conversation = new TftpConversation()
    const write = payloadOf({ bytes: concat(u16(2), 'boot.bin\0octet\0'), tcp: false, port: 69 })
    expect(isTftp(write)).toBe(true)
    conversation.read(write)
    conversation.read(payloadOf({ bytes: concat(u16(1), 'other\0octet\0'), tcp: false, port: 69 }))
    expect(conversation.names()).toEqual({ tftpFile: 'boot.bin', tftpWrites: 1 })
    expect(isTftp(payloadOf({ bytes: u16(3, 1), tcp: false, port: 69 }))).toBe(false)
  })
})

describe('protocols that are only recognised', () => {
  const rdp = concat(u8(3, 0), u16(19), u8(14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0))
  const s7 = concat(u8(3, 0), u16(22), u8(17, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2))

  it.each<[string, string | Uint8Array, number?]>([
    ['smb', concat(u32(64), u8(0xfe), 'SMB@')],
    ['smb', concat(u32(64), u8(0xff), 'SMBr')],
    ['rdp', rdp],
    ['ftp', '220 (vsFTPd 3.0.5)\r\n'],
    ['ftp', '220 welcome\r\n', 21],
    ['smtp', '220 mx.example.com ESMTP Postfix\r\n'],
    ['smtp', 'EHLO host\r\n'],
    ['pop3', '+OK ready\r\n'],
    ['imap', '* OK IMAP4rev1\r\n'],
    ['telnet', u8(0xff, 0xfd, 24, 0xff, 0xfd, 32)],
    ['vnc', 'RFB 003.008\n'],
    ['bittorrent', concat(u8(19), 'BitTorrent protocol')],
    ['sip', 'INVITE sip:bob@example.com SIP/2.0\r\n'],
    ['rtsp', 'DESCRIBE rtsp://10.0.0.9/ch0 RTSP/1.0\r\n'],
  ])('%s: %j', (service, bytes, port = 7777) => {
    expect(recogniseKnown(payloadOf({ bytes, port }))?.service('')).toBe(service)
  })

  it.each<string | Uint8Array>([s7, '220 welcome\r\n', 'hello', u8(0xff, 1, 2, 3), zeros(64), u8(3, 0, 0, 4)])(
    'none of them: %j',
    (bytes) => expect(recogniseKnown(payloadOf({ bytes }))).toBeNull(),
  )
})
