/** A command and where in the run it was given: before the event with index `atIndex`. */
export interface Placed<Command> {
  readonly atIndex: number
  readonly payload: Command
}

/** One command in the tree of everything that was ever tried; `parent` is the command before it, null for a first one. */
export interface BranchNode<Command> extends Placed<Command> {
  readonly id: number
  readonly parent: number | null
}

/**
 * All command lists that were tried, as a tree, and the one in force: the path to `tip`. Immutable. A command given where another
 * one was given before opens a branch, and the old branch is kept.
 */
export interface Branches<Command> {
  readonly nodes: readonly BranchNode<Command>[]
  /** The last command in force; null for none. */
  readonly tip: number | null
  /** What redo would bring back, the next one last. */
  readonly undone: readonly number[]
}

export const noBranches: Branches<never> = { nodes: [], tip: null, undone: [] }

const nodeOf = <C>(branches: Branches<C>, id: number): BranchNode<C> => {
  const node = branches.nodes[id]
  if (node === undefined) throw new Error(`there is no command ${id} in this tree`)
  return node
}

/** The commands from the first to this one. */
const pathTo = <C>(branches: Branches<C>, tip: number | null): readonly BranchNode<C>[] => {
  const path: BranchNode<C>[] = []
  for (let at = tip; at !== null; ) {
    const node = nodeOf(branches, at)
    path.push(node)
    at = node.parent
  }
  return path.reverse()
}

/** The commands in force. */
export const commandsOf = <C>(branches: Branches<C>): readonly BranchNode<C>[] => pathTo(branches, branches.tip)

/** Gives a command after the first `taken` of those in force; the others stay behind in their own branch. */
export const give = <C>(branches: Branches<C>, taken: number, command: Placed<C>): Branches<C> => {
  const parent = commandsOf(branches)[taken - 1]?.id ?? null
  const id = branches.nodes.length
  return { nodes: [...branches.nodes, { ...command, id, parent }], tip: id, undone: [] }
}

/** Takes the last command in force away; it stays in the tree. */
export const undo = <C>(branches: Branches<C>): Branches<C> => {
  if (branches.tip === null) return branches
  const { parent } = nodeOf(branches, branches.tip)
  return { ...branches, tip: parent, undone: [...branches.undone, branches.tip] }
}

/** Brings the command back that undo took away last. */
export const redo = <C>(branches: Branches<C>): Branches<C> => {
  const tip = branches.undone.at(-1)
  return tip === undefined ? branches : { ...branches, tip, undone: branches.undone.slice(0, -1) }
}

/** Makes the commands up to this one the ones in force. */
export const switchTo = <C>(branches: Branches<C>, tip: number | null): Branches<C> => {
  if (tip !== null) nodeOf(branches, tip)
  return { ...branches, tip, undone: [] }
}

/** The last command of every branch, in the order in which they were given. */
export const leavesOf = <C>(branches: Branches<C>): readonly BranchNode<C>[] => {
  const parents = new Set(branches.nodes.map(node => node.parent))
  return branches.nodes.filter(node => !parents.has(node.id))
}
