/** Columns of `conn.log` that are read, in Zeek's names; `label` and `detailed-label` are those of labelled data sets. */
export const COLUMNS = [
  'ts',
  'uid',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'service',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'conn_state',
  'history',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
  'ip_proto',
  'vlan',
  'orig_l2_addr',
  'resp_l2_addr',
  'label',
  'detailed-label',
] as const

export type Column = (typeof COLUMNS)[number]

/** Without these nothing can be said of a connection. */
export const NEEDED: readonly Column[] = ['ts', 'id.orig_h', 'id.resp_h', 'proto', 'orig_pkts', 'resp_pkts']
