import { actionsOf } from './actions.ts'
import { processIo } from './cli/process-io.ts'
import { runCli } from './cli/run-cli.ts'
import { contentFolder } from './content-folder.ts'
import { openCompiled } from './course/load.ts'
import { capabilitiesOfProcess } from './tui/terminal/capabilities.ts'
import { openTutor } from './tutor.ts'
import { version } from './version.ts'

/** Composition root: without arguments on a terminal straight to the home screen, otherwise through the command line. */
const main = async (): Promise<void> => {
  const argv = process.argv.slice(2)
  const capabilities = capabilitiesOfProcess()
  if (argv.length === 0 && capabilities.interactive) {
    await openTutor(openCompiled(contentFolder), capabilities, { kind: 'home' })
    return
  }
  const actions: Parameters<typeof runCli>[1]['actions'] = options =>
    actionsOf(options, withOptions(capabilitiesOfProcess(options.ascii), options.color))
  process.exitCode = await runCli(argv, { version, actions }, processIo(capabilities.unicode))
}

const withOptions = (found: ReturnType<typeof capabilitiesOfProcess>, colour: boolean): typeof found => ({
  ...found,
  colour: found.colour && colour,
})

void main()
