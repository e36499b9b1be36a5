/** What the page names first, in the page's order, then the rest: a line that is too short for all leaves out what is not spoken of. */
export const namedFirst = <Item extends { readonly key: string | null }>(
  items: readonly Item[],
  names: readonly string[],
): readonly Item[] => {
  const named = [...new Set(names)].flatMap(name => items.filter(({ key }) => key === name))
  return [...named, ...items.filter(item => !named.includes(item))]
}
