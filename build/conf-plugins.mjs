/** conf loads the JSON Schema compiler ajv (90 ms) even when no schema is given. netsplit gives none. */
export const confPlugins = [
  {
    name: 'conf-without-ajv',
    setup(build) {
      build.onResolve({ filter: /^ajv(-formats|\/dist\/2020\.js)$/ }, args => ({
        path: args.path,
        namespace: 'no-ajv',
      }))
      build.onLoad({ filter: /.*/, namespace: 'no-ajv' }, () => ({
        loader: 'js',
        contents: `export class Ajv2020 { constructor() { throw new Error('this build of conf has no schema compiler'); } }
          export default { default() {} };`,
      }))
    },
  },
]
