/** Columns of Argus's `ra` that are read, in its names. */
export const COLUMNS = [
  'StartTime',
  'Dur',
  'Proto',
  'SrcAddr',
  'Sport',
  'Dir',
  'DstAddr',
  'Dport',
  'State',
  'TotPkts',
  'TotBytes',
  'SrcBytes',
  'SrcPkts',
  'SAppBytes',
  'DAppBytes',
  'SrcMac',
  'DstMac',
  'sTtl',
  'sVid',
  'Label',
] as const

export type Column = (typeof COLUMNS)[number]

/** Without these nothing can be said of a flow. */
export const NEEDED: readonly Column[] = [
  'StartTime',
  'Proto',
  'SrcAddr',
  'DstAddr',
  'Dport',
  'State',
  'TotPkts',
  'TotBytes',
  'SrcBytes',
]
