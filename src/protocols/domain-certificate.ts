import type { NodeId } from '../kernel/ids.ts'
import type { Signed } from '../kernel/signature.ts'

/** The two roots under which certificates are made: the one that ends, and its successor. */
export type Root = 'old' | 'new'

/**
 * What a side shows in a handshake: its certificate (RFC 5280: subject, issuer, validity), and by its signature that the key is its own
 * (the CertificateVerify of RFC 8446, section 4.4.3, which is bound to this handshake by `to` and `n`). That a root issues certificates
 * to their subjects only is taken for granted.
 */
export type Certificate = {
  readonly subject: NodeId
  readonly root: Root
  /** Not valid after this time, microseconds of universal time. */
  readonly notAfterUs: number
  readonly to: NodeId
  readonly n: number
}

/** Alerts of RFC 8446, section 6.2. `certificate_expired` also means not yet valid. */
export type Alert = 'bad_certificate' | 'certificate_expired' | 'unknown_ca'

/** How far a domain is: it accepts the old root; both; both, and shows the new certificate; the new root alone. */
export type Stage = 0 | 1 | 2 | 3

export const trustedAt = (stage: Stage): readonly Root[] =>
  stage === 0 ? ['old'] : stage === 3 ? ['new'] : ['old', 'new']

export const shownAt = (stage: Stage): Root => (stage < 2 ? 'old' : 'new')

/** What is wrong with a certificate shown by `from` to `self` in handshake `n`, or null. `genuine`: its signature is. */
export const faultOf = (
  { signer, payload }: Signed<Certificate>,
  genuine: boolean,
  expected: { readonly from: NodeId; readonly self: NodeId; readonly n: number },
  trusts: readonly Root[],
  now: number,
): Alert | null => {
  const { subject, root, notAfterUs, to, n } = payload
  const bound = signer === expected.from && subject === expected.from && to === expected.self && n === expected.n
  if (!genuine || !bound) return 'bad_certificate'
  if (!trusts.includes(root)) return 'unknown_ca'
  return now > notAfterUs ? 'certificate_expired' : null
}

/** The stage in a word: `ready` accepts both, `moved` shows the new certificate as well. */
export const stageWord = (stage: Stage): string => ['old', 'ready', 'moved', 'new'][stage] as string
