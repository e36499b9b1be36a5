import type { LabDefinition } from './definition.ts'
import type { Config, LabRole } from './lab.ts'
import { type DefinitionPath, LabError, suggestion } from './lab-error.ts'
import type { ProtocolEntry, ProtocolRegistry } from './protocol-registry.ts'

/** A protocol by name or a LabError that suggests one. */
export const knownProtocol = (name: string, registry: ProtocolRegistry, path: DefinitionPath): ProtocolEntry => {
  const entry = registry.get(name)
  if (entry !== undefined) return entry
  throw new LabError(path, `there is no protocol "${name}"; ${suggestion(name, [...registry.keys()])}`)
}

/** Checks a config against all protocols that may get it: every option must be known to one and right for those that know it. */
export const checkConfig = (config: Config, entries: readonly ProtocolEntry[], path: DefinitionPath): void => {
  for (const option of Object.keys(config)) {
    const knowing = entries.filter(entry => entry.options.includes(option))
    if (knowing.length === 0) {
      const names = entries.map(entry => entry.protocol.name).join(' and ')
      const known = entries.flatMap(entry => entry.options)
      throw new LabError([...path, option], `${names} has no option "${option}"; ${suggestion(option, known)}`)
    }
  }
  for (const entry of entries) {
    const own = Object.fromEntries(Object.entries(config).filter(([option]) => entry.options.includes(option)))
    const trouble = entry.check(own)
    if (trouble !== null) throw new LabError([...path, ...trouble.path], trouble.message)
  }
}

export const resolveRoles = (
  definition: LabDefinition,
  registry: ProtocolRegistry,
): { readonly [role: string]: LabRole } =>
  Object.fromEntries(
    Object.entries(definition.roles).map(([name, role]) => {
      const entry = knownProtocol(role.protocol, registry, ['roles', name, 'protocol'])
      checkConfig(role.config ?? {}, [entry], ['roles', name, 'config'])
      return [name, { name, protocol: entry.protocol, options: entry.options, config: role.config ?? {} }]
    }),
  )
