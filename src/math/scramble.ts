/** A 32-bit word spread over all 32 bits, differently for each seed (MurmurHash3 finaliser). One to one. */
export function scramble(word: number, seed: number): number {
  let h = word ^ seed
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul((h ^ (h >>> 16)) + seed, 0x27d4eb2f)
  return h ^ (h >>> 15)
}

/** The same for a text, its ASCII letters in any case. */
export function scrambleText(text: string, seed: number): number {
  let h = seed ^ text.length
  for (let i = 0; i < text.length; i++) h = Math.imul((h ^ (text.charCodeAt(i) | 32)) + i, 0x9e3779b1) ^ (h >>> 13)
  return scramble(h, seed)
}
