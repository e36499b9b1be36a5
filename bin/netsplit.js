#!/usr/bin/env node
// CommonJS, and in words that the oldest Node understands: it must live to say that it is too old.
'use strict'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 19)) {
  require('./load.js')
} else {
  process.stderr.write(
    `netsplit needs Node 20.19 or later and this is ${process.versions.node}: see https://nodejs.org\n`,
  )
  process.exitCode = 2
}
