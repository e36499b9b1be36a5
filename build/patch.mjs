/** Replaces each text of the table, which must occur exactly once: an update of a package must not undo a patch unseen. */
export const patch = (source, file, replacements) => {
  let patched = source
  for (const [before, after] of replacements) {
    const occurrences = patched.split(before).length - 1
    if (occurrences !== 1)
      throw new Error(
        `${file}: expected once, found ${occurrences} times: ${before}. Adapt or drop this patch of the build.`,
      )
    patched = patched.replace(before, () => after)
  }
  return patched
}

/** An esbuild plugin whose named targets must all be met by a build that contains Ink. */
export const demanding = (name, targets, setup) => ({
  name,
  setup(build) {
    const met = new Set()
    setup(build, target => met.add(target))
    build.onEnd(result => {
      const hasInk = Object.keys(result.metafile?.inputs ?? {}).some(input => input.endsWith('ink/build/ink.js'))
      if (result.errors.length > 0 || !hasInk) return undefined
      const missed = targets.filter(target => !met.has(target))
      if (missed.length === 0) return undefined
      return { errors: [{ text: `plugin ${name}: the bundle no longer contains ${missed.join(', ')}` }] }
    })
  },
})
