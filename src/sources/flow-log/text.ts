import { printable } from '../../net/text.ts'

/** A text from a log as names of flows are kept: printable ASCII, other bytes of its UTF-8 as `\xNN`, cut at 1 KiB. */
export function cleaned(text: string): string {
  const bytes = Buffer.from(text.slice(0, 4096))
  return printable(bytes, 0, bytes.length)
}

/** Shannon entropy of its characters, ASCII letters in one case; bits a character. */
export function textEntropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text.toLowerCase()) counts.set(character, (counts.get(character) ?? 0) + 1)
  let sum = 0
  for (const count of counts.values()) sum += count * Math.log2(count)
  return text.length === 0 ? 0 : Math.max(0, Math.log2(text.length) - sum / text.length)
}

/** Length of the longest label of a name. */
export function longestLabel(name: string): number {
  return name.split('.').reduce((longest, label) => Math.max(longest, label.length), 0)
}
