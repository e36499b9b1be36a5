import { contentFolder } from './content-folder.ts'
import { openCompiled } from './course/load.ts'
import { capabilitiesOfProcess } from './tui/terminal/capabilities.ts'
import { openTutor } from './tutor.ts'

/** Composition root: without arguments on a terminal straight to the home screen, otherwise through the command line. */
const main = async (): Promise<void> => {
  const argv = process.argv.slice(2)
  const capabilities = capabilitiesOfProcess()
  if (argv.length === 0 && capabilities.interactive)
    return openTutor(openCompiled(contentFolder), capabilities, { kind: 'home' })
  const { runNetsplit } = await import('./run-netsplit.ts')
  process.exitCode = await runNetsplit(argv)
}

void main()
