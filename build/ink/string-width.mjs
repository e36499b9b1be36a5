// What packages get that import string-width.
export { stringWidth as default } from '../../src/tui/width.ts'
