/** Where in a definition something is wrong: member names and list positions from the root, `['keys', 'p']`. */
export type DefinitionPath = readonly (string | number)[]

/** A lab's definition that cannot be run. `message` is one sentence with the remedy; the course turns `path` into line and column. */
export class LabError extends Error {
  readonly path: DefinitionPath
  constructor(path: DefinitionPath, message: string) {
    super(message)
    this.name = 'LabError'
    this.path = path
  }
}

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** `did you mean "leader"?` where one known name is near, otherwise the list of them. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const near = known
    .map(name => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0]
  if (near !== undefined && near.far <= Math.max(1, Math.floor(near.name.length / 3))) {
    return `did you mean "${near.name}"?`
  }
  return known.length === 0 ? 'there are none.' : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`
}
