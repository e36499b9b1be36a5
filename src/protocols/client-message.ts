import { assertNever } from '../kernel/assert-never.ts'
import type { Json } from '../kernel/json.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { Answer, Call } from './client-wire.ts'

/** IP, TCP and framing headers with the fixed members of a message, bytes. */
export const headerBytes = 60

/** Size of a JSON value on the wire, bytes. */
export const jsonBytes = (value: Json): number => (typeof value === 'number' ? 8 : JSON.stringify(value).length)

/** `x=2` for a write of 2 to x, `x` for a read of it. */
const object = (key: string, input: Json): string => (input === null ? key : `${key}=${JSON.stringify(input)}`)

const describeCall = ({ op, kind, key, input, attempt }: Call): MessageInfo => ({
  label: `${kind} ${object(key, input)}${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
  purpose: 'request',
  bytes: headerBytes + key.length + jsonBytes(input),
  costUs: 0,
  op,
})

const describeAnswer = ({ op, result }: Answer): MessageInfo => {
  const base = { purpose: 'reply' as const, costUs: 0, op }
  switch (result.outcome) {
    case 'ok':
      return {
        ...base,
        label: result.output === null ? 'ok' : `ok ${JSON.stringify(result.output)}`,
        bytes: headerBytes + jsonBytes(result.output),
      }
    case 'fail':
      return { ...base, label: `no: ${result.reason}`, bytes: headerBytes + result.reason.length }
    case 'redirect':
      return { ...base, label: `ask ${result.to ?? 'another'}`, bytes: headerBytes }
    default:
      return assertNever(result)
  }
}

/** A call or an answer as the network and the pictures know it. */
export const describeClientMessage = (message: Call | Answer): MessageInfo =>
  message.t === 'call' ? describeCall(message) : describeAnswer(message)
