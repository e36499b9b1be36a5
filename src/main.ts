import { Text, render } from 'ink'
import { createElement } from 'react'

render(createElement(Text, null, 'hello'))
