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
  // src/progress/conf-file.ts writes in place of atomically, which ignores short writes and, merely by being loaded,
  // listens to every signal and raises it again: the terminal would be left as it is.
  {
    name: 'conf-without-atomically',
    setup(build) {
      build.onResolve({ filter: /^atomically$/ }, args => ({ path: args.path, namespace: 'no-atomically' }))
      build.onLoad({ filter: /.*/, namespace: 'no-atomically' }, () => ({
        loader: 'js',
        contents: `export const writeFileSync = () => { throw new Error('netsplit writes its files itself'); };`,
      }))
    },
  },
]
