import type { NodeId } from '../kernel/ids.ts'
import type { TimerRange } from '../kernel/protocol.ts'
import type { Fact } from '../kernel/view.ts'
import { type Attempts, noAttempts, wasRefused, wasTaken, withRefused, withTaken } from './attempts.ts'
import type { Call } from './client-wire.ts'
import type { ConfigDoc } from './config-doc.ts'

/**
 * Workers behind a queue, so that a server can be overloaded. A request that waits or is worked on costs its time whether or not its
 * caller still wants the answer; retries add such work, and a server that is busy with it can stay overloaded after what started it is
 * gone: Bronson, Aghayev, Charapko and Zhu, "Metastable Failures in Distributed Systems", HotOS 2021; Huang et al., "Metastable Failures in
 * the Wild", OSDI 2022. Shedding load and dropping what is too old are the remedies of "Site Reliability Engineering", 2016, chapter 21.
 */
export type QueueConfig = {
  /** Requests worked on at the same time; 0 for any number. */
  readonly workers: number
  /** How long one request takes a worker. */
  readonly processingMs: number
  /** Set above `processingMs`, it makes the time vary evenly between the two. */
  readonly processingMaxMs: number
  /** Requests that may wait for a worker; 0 for any number. What comes on top is lost without a word, or refused if `loadShedding`. */
  readonly queueLimit: number
  readonly loadShedding: boolean
  /** A request that has waited longer is not begun; 0 for never. */
  readonly expireMs: number
}

export const queueDefaults: QueueConfig = {
  workers: 0,
  processingMs: 0,
  processingMaxMs: 0,
  queueLimit: 0,
  loadShedding: false,
  expireMs: 0,
}

export const queueDocs: readonly ConfigDoc[] = [
  {
    key: 'workers',
    kind: 'number',
    integer: true,
    min: 0,
    default: 0,
    doc: 'Requests worked on at the same time; 0: any number.',
  },
  { key: 'processingMs', kind: 'number', min: 0, default: 0, doc: 'How long a request takes a worker.' },
  {
    key: 'processingMaxMs',
    kind: 'number',
    min: 0,
    default: 0,
    doc: 'Above processingMs: the time varies between the two.',
  },
  {
    key: 'queueLimit',
    kind: 'number',
    integer: true,
    min: 0,
    default: 0,
    doc: 'Requests that may wait for a worker; 0: any number.',
  },
  {
    key: 'loadShedding',
    kind: 'boolean',
    default: false,
    doc: 'What finds the queue full is refused at once, not lost without a word.',
  },
  { key: 'expireMs', kind: 'number', min: 0, default: 0, doc: 'A request that waited longer is not begun; 0: never.' },
]

/** A call to work on. */
export type Job = { readonly from: NodeId; readonly call: Call; readonly arrivedUs: number }

/** `working` holds the job of each busy worker. */
export type WorkQueue<Task> = { waiting: Job[]; working: { [worker: string]: Task }; attempts: Attempts }

/** A queue with nothing in it. `attempts` is what is remembered from before a crash. */
export const emptyQueue = <Task>(attempts: Attempts = noAttempts): WorkQueue<Task> => ({
  waiting: [],
  working: {},
  attempts,
})

/** Turns an attempt away for good. */
export const refuse = (queue: WorkQueue<unknown>, call: Call): void => {
  queue.attempts = withRefused(queue.attempts, call)
}

/** Puts a job in the queue. `full`: there is no room. `refused`: it was turned away before. `taken`: no room for a copy of one taken. */
export const enqueue = (
  queue: WorkQueue<unknown>,
  config: QueueConfig,
  job: Job,
  // Nothing can be refused where no load is shed, so nothing need be remembered.
  remember = config.loadShedding,
): 'queued' | 'full' | 'refused' | 'taken' => {
  if (wasRefused(queue.attempts, job.call)) return 'refused'
  const isFree = freeWorker(queue, config) !== undefined
  if (!isFree && config.queueLimit > 0 && queue.waiting.length >= config.queueLimit)
    return wasTaken(queue.attempts, job.call) ? 'taken' : 'full'
  if (remember) queue.attempts = withTaken(queue.attempts, job.call)
  queue.waiting.push(job)
  return 'queued'
}

/** The number of an idle worker. */
export const freeWorker = (queue: WorkQueue<unknown>, { workers }: QueueConfig): string | undefined => {
  for (let worker = 0; workers === 0 || worker < workers; worker += 1)
    if (queue.working[worker] === undefined) return String(worker)
  return undefined
}

/** The next job that is not too old. */
export const dequeue = (queue: WorkQueue<unknown>, { expireMs }: QueueConfig, now: number): Job | undefined => {
  for (;;) {
    const job = queue.waiting.shift()
    if (job === undefined || expireMs === 0 || now - job.arrivedUs <= expireMs * 1000) return job
  }
}

export const processingRange = ({ processingMs, processingMaxMs }: QueueConfig): TimerRange => ({
  minUs: Math.round(processingMs * 1000),
  maxUs: Math.round(Math.max(processingMs, processingMaxMs) * 1000),
})

export const queueFacts = (queue: WorkQueue<unknown>, config: QueueConfig): readonly Fact[] => {
  if (config.workers === 0 && config.processingMs === 0) return []
  const busy = Object.keys(queue.working).length
  return [
    {
      label: 'queue',
      value: config.queueLimit > 0 ? `${queue.waiting.length}/${config.queueLimit}` : String(queue.waiting.length),
    },
    { label: 'busy', value: config.workers > 0 ? `${busy}/${config.workers}` : String(busy) },
  ]
}
