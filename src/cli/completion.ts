import { commandTable, globalOptions } from './command-table.ts'

/** The word that asks for completions: `netsplit --complete learn ca` prints what the last word may become, one a line. */
const completeFlag = '--complete'

/** For bash, and for zsh through its bashcompinit. File names complete where netsplit has nothing to offer. */
export const completionScript = `# Completion of netsplit for bash and zsh: append this to ~/.bashrc or ~/.zshrc.
_netsplit() {
  local IFS=$'\\n'
  COMPREPLY=( $(netsplit ${completeFlag} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) )
}
if [ -n "\${ZSH_VERSION-}" ]; then
  autoload -U +X compinit && compinit
  autoload -U +X bashcompinit && bashcompinit
fi
complete -o default -F _netsplit netsplit
`

/** What can stand for the first word of a command, known only to who has the course: lessons, labs, topics. */
export type NamesFor = (command: string) => Promise<readonly string[]>

/** What the last of these words may become: commands, options, their choices, names. */
export const completions = async (words: readonly string[], namesFor: NamesFor): Promise<readonly string[]> => {
  const last = words.at(-1) ?? ''
  const candidates = await candidatesFor(words.slice(0, -1), last, namesFor)
  return candidates.filter(candidate => candidate.startsWith(last))
}

const candidatesFor = async (
  before: readonly string[],
  last: string,
  namesFor: NamesFor,
): Promise<readonly string[]> => {
  const row = commandTable.find(({ name }) => name !== '' && name === before.find(word => !word.startsWith('-')))
  const options = { ...row?.options, ...globalOptions }
  const previous = options[(before.at(-1) ?? '').replace(/^--/, '')]
  if (previous?.requiresArg) return (previous.choices ?? []).map(String)
  if (last.startsWith('-')) return [...Object.keys(options), 'help', 'version'].map(name => `--${name}`)
  if (!row) return commandTable.map(({ name }) => name).filter(name => name !== '')
  const choices = Object.values(row.positionals)[0]?.choices ?? []
  const names = before.at(-1) === row.name ? await namesFor(row.name) : []
  return [...(before.at(-1) === row.name ? choices.map(String) : []), ...names]
}
