/** Lucide's icons of what stands in every row, each as one path of a 24 x 24 box: a row written over changes its path alone. */
export const GLYPHS = {
  'arrow-right': 'M5 12h14M12 5l7 7-7 7',
  blend: 'M8 9a7 7 0 1 0 14 0a7 7 0 1 0-14 0M2 15a7 7 0 1 0 14 0a7 7 0 1 0-14 0',
  'chart-scatter': 'M7.5 7.5h.01M18.5 5.5h.01M11.5 11.5h.01M7.5 16.5h.01M17.5 14.5h.01M3 3v16a2 2 0 0 0 2 2h16',
  check: 'M20 6L9 17l-5-5',
  circle: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0',
  diamond:
    'M2.7 10.3a2.41 2.41 0 0 0 0 3.41l7.59 7.59a2.41 2.41 0 0 0 3.41 0l7.59-7.59a2.41 2.41 0 0 0 0-3.41l-7.59-7.59a2.41 2.41 0 0 0-3.41 0Z',
  info: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 16v-4M12 8h.01',
  'list-checks': 'M13 5h8M13 12h8M13 19h8M3 17l2 2 4-4M3 7l2 2 4-4',
  'octagon-alert':
    'M12 16h.01M12 8v4M15.312 2a2 2 0 0 1 1.414.586l4.688 4.688A2 2 0 0 1 22 8.688v6.624a2 2 0 0 1-.586 1.414l-4.688 4.688a2 2 0 0 1-1.414.586H8.688a2 2 0 0 1-1.414-.586l-4.688-4.688A2 2 0 0 1 2 15.312V8.688a2 2 0 0 1 .586-1.414l4.688-4.688A2 2 0 0 1 8.688 2z',
  'triangle-alert': 'M21.73 18l-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01',
} as const

export type GlyphName = keyof typeof GLYPHS
