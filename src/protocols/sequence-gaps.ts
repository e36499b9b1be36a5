/**
 * What a receiver knows of one sender's numbers, which count from 1: all below `next` have come, and those of `beyond`; `told` is the
 * highest that it has heard of. What lies between and has not come is missing; what lies above `told` is missed by nobody.
 */
export type Numbers = { next: number; beyond: number[]; told: number }

/** The numbers that should have come and have not. */
export const missingOf = ({ next, beyond, told }: Numbers): readonly number[] => {
  const missing: number[] = []
  for (let seq = next; seq <= told; seq += 1) if (!beyond.includes(seq)) missing.push(seq)
  return missing
}

/** Whether this number has come before. */
export const hasHad = ({ next, beyond }: Numbers, seq: number): boolean => seq < next || beyond.includes(seq)

/** A number comes. */
export const takeNumber = (numbers: Numbers, seq: number): void => {
  numbers.told = Math.max(numbers.told, seq)
  if (!hasHad(numbers, seq)) numbers.beyond = [...numbers.beyond, seq]
  while (numbers.beyond.includes(numbers.next)) {
    const { next } = numbers
    numbers.beyond = numbers.beyond.filter(one => one !== next)
    numbers.next = next + 1
  }
}
