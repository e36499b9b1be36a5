import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import { digestOf } from './digest.ts'

/** A coin spent: `key` names the coin, `value` who gets it. A coin is spent once in a chain. */
export type Payment = {
  readonly op: RequestId
  readonly key: string
  readonly value: Json
  /** Who waits for the merchant's word, and for which attempt; null where nobody does. */
  readonly payer: { readonly client: NodeId; readonly attempt: number } | null
}

/** A block. Its name is the digest of everything in it, so a block that was changed is another block, without the work. */
export type Block = {
  readonly id: string
  readonly parent: string
  readonly height: number
  readonly miner: NodeId
  /** Tells two blocks of one miner on one parent apart. */
  readonly nonce: number
  readonly payments: readonly Payment[]
}

/** The block before the first. */
export const genesis = 'genesis'

export const makeBlock = (content: Omit<Block, 'id'>): Block => ({ id: digestOf(content as Json), ...content })

export const isGenuine = ({ id, ...content }: Block): boolean => digestOf(content as Json) === id

/** The blocks that a node knows, the one that it builds on, and what the chain up to there says. */
export type Chain = {
  blocks: { [id: string]: Block }
  tip: string
  height: number
  /** Coins spent in this chain, by name, with the height of the block. */
  spent: { [coin: string]: { readonly payment: Payment; readonly height: number } }
}

/** Blocks so far below the tip are forgotten, with the coins spent in them kept. */
const kept = 200
const sweepEvery = 20

const forgetOld = ({ blocks, height }: Chain): void => {
  for (const block of Object.values(blocks)) if (block.height < height - kept) delete blocks[block.id]
}

export const heightOf = ({ blocks }: Chain, id: string): number => (id === genesis ? 0 : (blocks[id]?.height ?? -1))

/** So many blocks up to this one, the oldest first, as far as they are known. */
export const blocksUpTo = ({ blocks }: Chain, id: string, count: number): readonly Block[] => {
  const path: Block[] = []
  for (let block = blocks[id]; block !== undefined && path.length < count; block = blocks[block.parent])
    path.unshift(block)
  return path
}

/** What a change of the tip does to the payments. */
export type Change = { readonly undone: readonly Block[]; readonly done: readonly Block[] }

/** Moves the tip to a block whose ancestors are all known: back to where the chains part, and up the other one. */
export const moveTip = (chain: Chain, tip: string): Change => {
  const undone: Block[] = []
  const done: Block[] = []
  for (let [old, next] = [chain.tip, tip]; old !== next; ) {
    const higher = heightOf(chain, next) > heightOf(chain, old)
    const block = chain.blocks[higher ? next : old]
    if (block === undefined) break
    if (higher) {
      done.unshift(block)
      next = block.parent
    } else {
      undone.push(block)
      old = block.parent
    }
  }
  for (const { payments } of undone) for (const { key } of payments) delete chain.spent[key]
  for (const { payments, height } of done)
    for (const payment of payments) chain.spent[payment.key] = { payment, height }
  chain.tip = tip
  chain.height = heightOf(chain, tip)
  if (chain.height % sweepEvery === 0) forgetOld(chain)
  return { undone, done }
}

/** How deep a coin's payment lies: 1 in the newest block, 0 where it is in none. */
export const depthOf = ({ spent, height }: Chain, coin: string): number => {
  const found = Object.hasOwn(spent, coin) ? spent[coin] : undefined
  return found === undefined ? 0 : height - found.height + 1
}
