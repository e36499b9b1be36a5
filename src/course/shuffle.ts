/** A 32-bit hash of a text: FNV-1a (Fowler, Noll, Vo). */
const hash32 = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** The numbers 0 to count - 1 in an order that depends on nothing but `salt`: the same item keeps its order on a retry. */
export const shuffledOrder = (count: number, salt: string): number[] =>
  Array.from({ length: count }, (_, index) => index)
    .map(index => ({ index, draw: hash32(`${salt}/${index}/${count}`) }))
    .sort((a, b) => a.draw - b.draw || a.index - b.index)
    .map(entry => entry.index)
