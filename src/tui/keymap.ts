/** Where a key means something. The innermost scope wins; `everywhere` comes last. */
export type Scope =
  | 'everywhere'
  | 'home'
  | 'list'
  | 'lesson'
  | 'lab'
  | 'choice'
  | 'certainty'
  | 'text'
  | 'number'
  | 'order'
  | 'menu'
  | 'price'
  | 'confirm'
  | 'reading'

/** What a key does, by name. `update` switches over these and never over key names. */
export type Action =
  | 'help'
  | 'back'
  | 'quit'
  | 'suspend'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'choose'
  | 'next-pane'
  | 'previous-pane'
  | 'search'
  | 'run'
  | 'forward'
  | 'backward'
  | 'forward-far'
  | 'backward-far'
  | 'faster'
  | 'slower'
  | 'undo'
  | 'redo'
  | 'code'
  | 'tip'
  | 'reset'
  | 'select'
  | 'light'
  | 'compare'
  | 'branches'
  | 'prices'
  | 'zoom-in'
  | 'zoom-out'
  | 'now'
  | 'heartbeats'
  | 'next-page'
  | 'previous-page'
  | 'yes'
  | 'no'
  | 'erase'
  | 'move-up'
  | 'move-down'
  | 'toggle'

export interface Binding {
  readonly keys: readonly string[]
  readonly scope: Scope
  readonly action: Action
  /** What it does, in a few words, for the help overlay and the docs. */
  readonly says: string
  /** A word for the footer; bindings without one are found in the help. */
  readonly footer?: string
}

const bind = (scope: Scope, keys: string, action: Action, says: string, footer?: string): Binding => ({
  keys: keys.split(' '),
  scope,
  action,
  says,
  ...(footer === undefined ? {} : { footer }),
})

/** The one table of keys: behaviour, footer, help overlay and README all come from it. */
export const keymap: readonly Binding[] = [
  bind('everywhere', '?', 'help', 'help for this screen', 'help'),
  bind('everywhere', 'escape', 'back', 'back, cancel; never quits', 'back'),
  bind('everywhere', 'q', 'quit', 'quit; everything is saved', 'quit'),
  bind('everywhere', 'ctrl+c', 'quit', 'quit, from anywhere'),
  bind('everywhere', 'ctrl+z', 'suspend', 'put netsplit to sleep; fg wakes it'),
  bind('everywhere', '/', 'search', 'search lessons, glossary and keys; on a page, its words first', 'search'),

  bind('list', 'up k', 'up', 'up'),
  bind('list', 'down j', 'down', 'down'),
  bind('list', 'pageup', 'page-up', 'a page up'),
  bind('list', 'pagedown', 'page-down', 'a page down'),
  bind('list', 'home', 'first', 'to the first'),
  bind('list', 'end', 'last', 'to the last'),
  bind('list', 'enter', 'choose', 'open', 'open'),

  bind('reading', 'up k', 'up', 'scroll up'),
  bind('reading', 'down j', 'down', 'scroll down'),
  bind('reading', 'pageup', 'page-up', 'a page up'),
  bind('reading', 'pagedown space', 'page-down', 'a page down'),

  bind('lesson', 'enter', 'next-page', 'next page', 'next'),
  bind('lesson', 'backspace', 'previous-page', 'previous page'),

  bind('lab', 'space', 'run', 'run, pause', 'run'),
  bind('lab', 'right', 'forward', 'one event forward', 'step'),
  bind('lab', 'left', 'backward', 'one event back'),
  bind('lab', 'shift+right end', 'forward-far', 'twenty events forward'),
  bind('lab', 'shift+left home', 'backward-far', 'twenty events back'),
  bind('lab', '+ =', 'faster', 'faster'),
  bind('lab', '-', 'slower', 'slower'),
  bind('lab', 'u', 'undo', 'take the last perturbation away', 'undo'),
  bind('lab', 'U', 'redo', 'put it back'),
  bind('lab', 'tab', 'next-pane', 'next pane'),
  bind('lab', 'shift+tab', 'previous-pane', 'previous pane'),
  bind('lab', 'down', 'down', 'next node, link, message or finding in the pane'),
  bind('lab', 'up', 'up', 'the one before'),
  bind('lab', 'enter', 'select', 'everything that can be done to what is selected', 'act on it'),
  bind('lab', 'l', 'light', 'light the causal past and future of the event at the cursor'),
  bind('lab', 'v', 'compare', 'the same run without one of the faults, side by side'),
  bind('lab', 'B', 'branches', 'the branches of this run'),
  bind('lab', '>', 'zoom-in', 'less time on the axis'),
  bind('lab', '<', 'zoom-out', 'more time on the axis'),
  bind('lab', '.', 'heartbeats', 'show or hide heartbeats'),
  bind('lab', '$', 'prices', 'the prices of the lab, where it has some; change them'),
  bind('lab', 'y', 'code', 'the run code to copy'),
  bind('lab', 't', 'tip', 'a tip, then a stronger one, then the worked replay', 'tip'),
  bind('lab', '!', 'reset', 'reset the run (asks)'),

  bind('choice', '1 2 3 4 5 6 7 8 9', 'choose', 'choose this answer'),
  bind('choice', 'up k', 'up', 'the answer above'),
  bind('choice', 'down j', 'down', 'the answer below'),
  bind('choice', 'space', 'toggle', 'mark this answer'),
  bind('choice', 'enter', 'next-page', 'answer', 'answer'),
  bind('certainty', '1 2 3', 'choose', 'how sure you are', 'sure?'),
  bind('order', 'up', 'up', 'the step above'),
  bind('order', 'down', 'down', 'the step below'),
  bind('order', 'shift+up K', 'move-up', 'move this step up', 'move'),
  bind('order', 'shift+down J', 'move-down', 'move this step down'),
  bind('order', 'enter', 'next-page', 'answer', 'answer'),
  bind('number', 'enter', 'next-page', 'answer', 'answer'),
  bind('number', 'backspace', 'erase', 'erase a digit'),
  bind('text', 'enter', 'next-page', 'done', 'done'),
  bind('text', 'backspace', 'erase', 'erase a letter'),
  bind('menu', 'up k', 'up', 'up'),
  bind('menu', 'down j', 'down', 'down'),
  bind('menu', 'enter', 'choose', 'do it', 'do it'),
  bind('price', 'up', 'up', 'the price above'),
  bind('price', 'down', 'down', 'the price below'),
  bind('price', 'enter', 'choose', 'take the amount', 'take it'),
  bind('price', 'backspace', 'erase', 'erase a digit'),
  bind('confirm', 'y', 'yes', 'yes', 'yes'),
  bind('confirm', 'n enter', 'no', 'no', 'no'),
]

/** What a key does where these scopes are in force, innermost first. */
export const actionOf = (key: string, scopes: readonly Scope[]): Binding | undefined => {
  for (const scope of [...scopes, 'everywhere' as const]) {
    const binding = keymap.find(candidate => candidate.scope === scope && candidate.keys.includes(key))
    if (binding) return binding
  }
  return undefined
}

/** Letters that no lab may claim for its own keys: those that mean the same in every lab. */
export const reservedKeys: readonly string[] = keymap
  .filter(binding => binding.scope === 'lab' || binding.scope === 'everywhere')
  .flatMap(binding => binding.keys)
