declare const brand: unique symbol

/** Names a node of a run: a server, a client, a middlebox. Letters, digits and `-`, for example `n1` or `alice`. */
export type NodeId = string & { readonly [brand]: 'NodeId' }

/** Names one client operation of a run, `alice#3` for Alice's third. It never changes under faults elsewhere. */
export type RequestId = string & { readonly [brand]: 'RequestId' }

/**
 * Names one message of a run: `n1>n2#5` is the fifth message that n1 sent to n2, `n1>n2#5+1` its first duplicate.
 * Because the number counts one directed link only, a fault elsewhere never renames it.
 */
export type MessageId = string & { readonly [brand]: 'MessageId' }

export const nodeId = (name: string): NodeId => name as NodeId
export const requestId = (client: NodeId, ordinal: number): RequestId => `${client}#${ordinal}` as RequestId
export const messageId = (from: NodeId, to: NodeId, ordinal: number): MessageId =>
  `${from}>${to}#${ordinal}` as MessageId
