import { runWriter } from './writer.ts'

runWriter(process.argv.slice(2))
