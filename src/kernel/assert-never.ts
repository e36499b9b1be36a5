/** Ends a switch over a union. Reached only when the union grew and the switch did not. */
export const assertNever = (value: never): never => {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`)
}
