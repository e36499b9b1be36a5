import { actionsOf } from './actions.ts'
import type { GlobalOptions } from './cli/actions.ts'
import { processIo } from './cli/process-io.ts'
import { runCli } from './cli/run-cli.ts'
import { capabilitiesOfProcess } from './tui/terminal/capabilities.ts'
import { version } from './version.ts'

/** Runs a command line; returns the exit code. */
export const runNetsplit = (argv: readonly string[]): Promise<number> => {
  const actions = (options: GlobalOptions) => {
    const found = capabilitiesOfProcess(options.ascii)
    return actionsOf(options, { ...found, colour: found.colour && options.color })
  }
  return runCli(argv, { version, actions }, processIo(capabilitiesOfProcess().unicode))
}
