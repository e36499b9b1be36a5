import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Environment = { readonly [name: string]: string | undefined }

/**
 * The folder of progress and settings: `NETSPLIT_CONFIG_DIR`, else `netsplit` under `XDG_CONFIG_HOME` (which must be
 * absolute to count, XDG Base Directory Specification 0.8), else under `~/.config`, on Windows under `%APPDATA%`.
 */
export const configDirectory = (env: Environment, platform: NodeJS.Platform = process.platform): string => {
  const chosen = env.NETSPLIT_CONFIG_DIR
  if (chosen) return chosen
  const xdg = env.XDG_CONFIG_HOME
  if (xdg && isAbsolute(xdg)) return join(xdg, 'netsplit')
  const roaming = env.APPDATA
  if (platform === 'win32' && roaming) return join(roaming, 'netsplit')
  return join(env.HOME || homedir(), '.config', 'netsplit')
}
