/** How a page wants the lab: knobs first, then commands, as in `policy=AP p@500 w@1000`. */
export interface Setup {
  readonly knobs: { readonly [knob: string]: string }
  readonly do: string
}

const knobWord = /^([a-zA-Z0-9_-]+)=([^\s@]+)$/

/** Reads a page's `> lab:` line. Words of the form knob=value come first; the rest are commands. */
export const parseSetup = (text: string): Setup => {
  const words = text.split(/\s+/).filter(word => word !== '')
  const firstCommand = words.findIndex(word => !knobWord.test(word))
  const knobs = firstCommand < 0 ? words : words.slice(0, firstCommand)
  return {
    knobs: Object.fromEntries(
      knobs.map(word => {
        const [, name = '', value = ''] = knobWord.exec(word) ?? []
        return [name, value]
      }),
    ),
    do: firstCommand < 0 ? '' : words.slice(firstCommand).join(' '),
  }
}
