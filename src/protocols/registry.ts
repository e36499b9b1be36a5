import type { Json } from '../kernel/json.ts'
import type { AnyProtocol } from '../kernel/protocol.ts'
import { api } from './api.ts'
import { apiClient } from './api-client.ts'
import { apiClientDocs } from './api-client-config.ts'
import { apiDocs } from './api-config.ts'
import { availability } from './availability.ts'
import { availabilityDocs } from './availability-config.ts'
import { balancer } from './balancer.ts'
import { balancerDocs } from './balancer-config.ts'
import { bulk, bulkDocs } from './bulk.ts'
import { causal, causalDocs } from './causal.ts'
import { chain } from './chain.ts'
import { chainDocs } from './chain-config.ts'
import { client } from './client.ts'
import { clientDocs } from './client-config.ts'
import { type ConfigDoc, type ConfigFault, configFault } from './config-doc.ts'
import { connection, connectionDocs } from './connection.ts'
import { courier, courierDocs } from './courier.ts'
import { domain } from './domain.ts'
import { domainDocs } from './domain-config.ts'
import { edge, edgeDocs } from './edge.ts'
import { fencedStore, fencedStoreDocs } from './fenced-store.ts'
import { generals } from './generals.ts'
import { generalsDocs } from './generals-config.ts'
import { instance, instanceDocs } from './instance.ts'
import { interceptor, interceptorDocs } from './interceptor.ts'
import { leaseHolder } from './lease-holder.ts'
import { leaseHolderDocs } from './lease-holder-config.ts'
import { locator } from './locator.ts'
import { locatorDocs } from './locator-config.ts'
import { lockService, lockServiceDocs } from './lock-service.ts'
import { logShipping } from './log-shipping.ts'
import { logShippingDocs } from './log-shipping-config.ts'
import { middlebox } from './middlebox.ts'
import { middleboxDocs } from './middlebox-config.ts'
import { nameRegistry, nameRegistryDocs } from './name-registry.ts'
import { onCall, onCallDocs } from './on-call.ts'
import { pbft } from './pbft.ts'
import { pbftClient, pbftClientDocs } from './pbft-client.ts'
import { pbftDocs } from './pbft-config.ts'
import { primaryBackup } from './primary-backup.ts'
import { primaryBackupDocs } from './primary-backup-docs.ts'
import { quorum } from './quorum.ts'
import { quorumDocs } from './quorum-config.ts'
import { raft } from './raft.ts'
import { raftDocs } from './raft-docs.ts'
import { overRelay, relayDocs } from './relay.ts'
import { resolver, resolverDocs } from './resolver.ts'
import { secureClient, secureClientDocs } from './secure-client.ts'
import { secureServer } from './secure-server.ts'
import { secureServerDocs } from './secure-server-config.ts'
import { server } from './server.ts'
import { serverDocs } from './server-config.ts'
import { service } from './service.ts'
import { serviceDocs } from './service-config.ts'
import { webClient } from './web-client.ts'
import { webClientDocs } from './web-client-config.ts'
import { webServer } from './web-server.ts'
import { webServerDocs } from './web-server-config.ts'

/** A protocol that labs may name, with what they may set. */
export interface RegisteredProtocol {
  readonly protocol: AnyProtocol
  /** What it is, in one line. */
  readonly summary: string
  /** Who runs it. */
  readonly kind: 'server' | 'client'
  readonly docs: readonly ConfigDoc[]
  /** The names of its options. */
  readonly options: readonly string[]
  /** The first thing wrong with a config, in one sentence with the remedy; null when it is right. */
  check(config: { readonly [option: string]: Json }): ConfigFault | null
}

const entry = (
  protocol: AnyProtocol,
  kind: 'server' | 'client',
  summary: string,
  docs: readonly ConfigDoc[],
): readonly [string, RegisteredProtocol] => [
  protocol.name,
  {
    protocol,
    kind,
    summary,
    docs,
    options: docs.map(({ key }) => key),
    check: config => configFault(docs, config),
  },
]

/** All protocols by name. */
export const protocols: ReadonlyMap<string, RegisteredProtocol> = new Map([
  entry(client, 'client', 'Asks a store and waits, retries, gives up.', clientDocs),
  entry(server, 'server', 'One server with one copy.', serverDocs),
  entry(service, 'server', 'A layer between clients and a store.', serviceDocs),
  entry(balancer, 'server', 'Passes calls to several servers behind it.', balancerDocs),
  entry(availability, 'server', 'Computes what parts that fail come to; sends nothing.', availabilityDocs),
  entry(courier, 'server', 'Letters and receipts between two nodes.', courierDocs),
  entry(connection, 'server', 'A numbered, ordered connection, and what is left of it when it breaks.', connectionDocs),
  entry(logShipping, 'server', 'Log records, the archive that keeps them, and who watches both.', logShippingDocs),
  entry(domain, 'server', "One owner's part of a path, with its own clock, certificate and desk.", domainDocs),
  entry(onCall, 'client', 'Who is on call, with a probe and a telephone.', onCallDocs),
  entry(lockService, 'server', 'Grants leases, each with a higher token.', lockServiceDocs),
  entry(leaseHolder, 'server', 'Works on a store under a lease.', leaseHolderDocs),
  entry(fencedStore, 'server', 'A store under a lock; it can refuse old tokens.', fencedStoreDocs),
  entry(middlebox, 'server', 'A router, a tunnel or a balancer on the way.', middleboxDocs),
  entry(webClient, 'client', 'Asks a web server over connections that it keeps.', webClientDocs),
  entry(webServer, 'server', 'Answers requests of one version, in one encoding.', webServerDocs),
  entry(quorum, 'server', 'Replicas without a leader; N, R and W.', quorumDocs),
  entry(causal, 'server', 'Copies that answer alone and show no effect before its cause.', causalDocs),
  entry(primaryBackup, 'server', 'A primary that sends its changes to backups.', primaryBackupDocs),
  entry(generals, 'server', 'Generals who agree on an order though some of them lie.', generalsDocs),
  entry(secureClient, 'client', 'Asks a service, hidden, signed or checked as told.', secureClientDocs),
  entry(secureServer, 'server', 'A service with a bolt for each attack, each a switch.', secureServerDocs),
  entry(interceptor, 'client', 'Somebody on the wire: reads, changes, sends again, makes up.', interceptorDocs),
  entry(api, 'server', 'An API whose answers have sizes and take processor time.', apiDocs),
  entry(apiClient, 'client', 'Fetches a page of many items, in many calls or few.', apiClientDocs),
  entry(edge, 'server', 'A cache between clients and an API.', edgeDocs),
  entry(bulk, 'client', 'A bulk transfer over a window, with a rate limit.', bulkDocs),
  entry(locator, 'client', 'Finds a service by its name and calls it; a balancer, too.', locatorDocs),
  entry(instance, 'server', 'One instance of a service at an address.', instanceDocs),
  entry(
    nameRegistry,
    'server',
    'Which addresses serve a name: by hand, heartbeats or health checks.',
    nameRegistryDocs,
  ),
  entry(resolver, 'server', 'A resolver with a cache, as in DNS.', resolverDocs),
  entry(chain, 'server', 'Miners, the longest chain, and payments that are never quite final.', chainDocs),
  entry(pbft, 'server', 'A replicated log that a third of the replicas may lie to.', pbftDocs),
  entry(pbftClient, 'client', 'Asks a PBFT store and believes what f+1 replicas say.', pbftClientDocs),
  entry(raft, 'server', 'A replicated log by an elected leader.', raftDocs),
  entry(overRelay(raft), 'server', 'Raft on an overlay that goes around broken links.', [...raftDocs, ...relayDocs]),
])
