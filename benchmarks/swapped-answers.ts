/**
 * Whether a submission ever gets the handle of another's job: servers up to 1.9.3 mix up their answers when clients break
 * requests off (docs/servers.md). Ends when enough mixed-up answers came, or after a while.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau, BacalhauError, type JobHandle } from 'bacalhau-sdk';
import type { BreakingOffAnswer, BreakingOffQuestion } from './contestants/breaking-off.ts';
import { contestant } from './lib/contestant.ts';
import { idleJob } from './lib/jobs.ts';
import { report, say, sized } from './lib/program.ts';
import { type Exchange, type RecordedRequest, startRecorder } from './lib/recorder.ts';
import { single } from './lib/spread.ts';

/** So many submissions that were answered with another job are enough. */
const ENOUGH = 5;
const LONGEST_MS = sized(1_800, 20) * 1_000;
/** On a network of its own each: what the clients that break off submit would keep it busy for hours. */
const ROUND_MS = 60_000;
const LANES = 12;
/**
 * Between two submissions of a lane, at most. An answer is mixed up where a request begins in the moment in which that of
 * another one is written, which a queue of requests that wait for the store would prevent.
 */
const PAUSE_MS = 150;
const NAMESPACE = 'own';
const FINGERPRINT = 'bacalhau-sdk/fingerprint';
/** A server that died and is back may have lost what it had not written yet. */
const LOOKS_FOR_A_JOB = 20;

const counts = {
  submissions: 0,
  /** Of answers to submissions. */
  swapped: 0,
  /** Of answers to anything else, about another job than the one that was asked for. */
  swappedReads: 0,
  /** With status 200, and no answer to what was asked: empty, of another call, or several in one. */
  garbled: 0,
  /** Handles that had another's job at first. */
  corrected: 0,
  /** Handles whose job has another name or fingerprint than was submitted. */
  wrongHandles: 0,
  /** Handles whose job the server did not tell of. */
  unknownHandles: 0,
  rejections: 0,
  restarts: 0,
  brokenOff: 0,
  answered: 0,
};
const notes: string[] = [];

interface FoundJob {
  readonly ID: string;
  readonly Name: string;
  readonly Meta?: Readonly<Record<string, string>> | null;
}

const began = performance.now();
const goesOn = (): boolean => counts.swapped < ENOUGH && performance.now() - began < LONGEST_MS;

async function round(number: number): Promise<void> {
  const roundBegan = performance.now();
  const isOn = (): boolean => goesOn() && performance.now() - roundBegan < ROUND_MS;
  let restarting: Promise<void> | undefined;

  await using devnet = await startDevnet({
    server: 'pinned',
    // Jobs are stored only: the scheduler would keep the store busy.
    config: { Logging: { Level: 'error' }, Orchestrator: { Scheduler: { WorkerCount: 0 } } },
    // Soon back after the orchestrator's end, and not lost because it has no time for them.
    orchestratorConfig: { Orchestrator: { NodeManager: { DisconnectTimeout: '10m' } } },
    computeConfig: { Compute: { Heartbeat: { Interval: '1s', InfoUpdateInterval: '1s' } } },
    onExit: ({ node, code, signal }) => {
      counts.restarts += 1;
      say(`${node.name} ended by itself (${signal ?? code}); it is started again.`);
      restarting = restart(node.name);
    },
  });
  const breaking = contestant<BreakingOffQuestion, BreakingOffAnswer>('breaking-off.ts', [devnet.url]);

  /** Alone: what waits for the server to be back cannot do with mixed-up answers either. */
  async function restart(name: string): Promise<void> {
    await breaking.ask('pause');
    await devnet.restart(name);
    restarting = undefined;
    if (isOn()) await breaking.ask('go on');
  }

  /** Asks without the SDK, until the answer is about the job: these answers are mixed up, too. */
  async function find(id: string): Promise<FoundJob | undefined> {
    for (let look = 0; look < LOOKS_FOR_A_JOB; look += 1) {
      await restarting;
      try {
        const response = await fetch(`${devnet.url}/api/v1/orchestrator/jobs/${id}`);
        const { Job } = JSON.parse(await response.text());
        if (Job?.ID === id) return Job;
      } catch {
        // No server, or no answer of its own.
      }
      await pause(100);
    }
    return undefined;
  }

  /** What was found out about jobs, by id. */
  const known = new Map<string, Promise<FoundJob | undefined>>();
  function jobOf(id: string): Promise<FoundJob | undefined> {
    const job = known.get(id) ?? find(id);
    known.set(id, job);
    return job;
  }

  /** The fingerprints that were sent, by name. */
  const sent = new Map<string, string>();
  /** Looked at after the round: submissions are what mixed-up answers shall meet, not reads. */
  const answers: { readonly name: string; readonly jobId: string }[] = [];
  const handles: { readonly name: string; readonly handle: JobHandle }[] = [];

  async function lookAtAnswers(): Promise<void> {
    for (let next = answers.pop(); next !== undefined; next = answers.pop()) {
      const { name, jobId } = next;
      const job = await jobOf(jobId);
      if (job === undefined || job.Name === name) continue;
      counts.swapped += 1;
      say(`On the wire: the submission of ${name} was answered with ${job.Name}.`);
    }
  }

  /** Remembered before it is answered: of a server that dies, a job may remain whose submission was never answered. */
  function observeRequest(request: RecordedRequest): void {
    const submitted = submittedBy(request);
    if (submitted !== undefined) sent.set(submitted.Name, submitted.Meta?.[FINGERPRINT] ?? '');
  }

  /** What came over the wire. */
  function observe({ status, body, ...request }: Exchange): void {
    const { method, path } = request;
    const [isOfJobs, asked, part] = JOBS_PATH.exec(path) ?? [];
    const submitted = submittedBy(request);
    if (status !== 200 || isOfJobs === undefined) return;
    const answer = parse(body);
    if (answer === undefined) counts.garbled += 1;
    else if (submitted !== undefined) {
      if (typeof answer.JobID === 'string') answers.push({ name: submitted.Name, jobId: answer.JobID });
      else counts.garbled += 1;
    } else if (asked !== undefined && method === 'GET' && part === undefined) {
      const { ID, Name } = answer.Job ?? {};
      if (ID === undefined) counts.garbled += 1;
      else if (ID !== asked && Name !== asked) counts.swappedReads += 1;
    } else if (part === 'executions') {
      if (!Array.isArray(answer.Items)) counts.garbled += 1;
      else if (answer.Items.some(({ JobID }) => JobID !== asked)) counts.swappedReads += 1;
    }
  }

  await using recorder = await startRecorder(devnet.url, { onRequest: observeRequest, onExchange: observe });
  await using bacalhau = new Bacalhau({
    ...{ baseUrl: recorder.url, namespace: NAMESPACE, dir: devnet.dir, env: {}, logLevel: 'off', auth: false },
    ...{ maxRetries: 10, timeoutMs: 120_000 },
  });

  /** The job that the SDK says is the one that was submitted by that name. */
  async function check(name: string, id: string, how: string): Promise<void> {
    const job = await jobOf(id);
    if (job === undefined) counts.unknownHandles += 1;
    else if (job.Name !== name || job.Meta?.[FINGERPRINT] !== sent.get(name)) {
      counts.wrongHandles += 1;
      const fingerprints = `${job.Meta?.[FINGERPRINT]}, sent ${sent.get(name)}`;
      say(`${how}: the handle of ${name} is that of ${job.Name} (${id}), fingerprint ${fingerprints}.`);
    }
  }

  async function lane(prefix: string): Promise<void> {
    for (let count = 0; isOn(); count += 1) {
      await pause(Math.random() * PAUSE_MS);
      await restarting;
      const name = `${prefix}-${count}`;
      try {
        await submitOne(name);
      } catch (error) {
        if (!(error instanceof BacalhauError)) throw error;
        const id = /j-[0-9a-f-]{36}/.exec(error.message)?.[0];
        counts.rejections += 1;
        notes.push(`${name}: ${error.message.split('\n', 1)[0]}`);
        if (id !== undefined) await check(name, id, 'An error');
      }
    }
  }

  async function submitOne(name: string): Promise<void> {
    counts.submissions += 1;
    // The specification differs from job to job, and so does the fingerprint.
    const spec = { ...idleJob(name, 'failed'), Namespace: NAMESPACE, Labels: { own: name } };
    handles.push({ name, handle: await bacalhau.jobs.submit(spec) });
  }

  /** A handle finds out whose job it has when it first acts on it. */
  async function lookAtHandles(): Promise<void> {
    for (let next = handles.pop(); next !== undefined; next = handles.pop()) {
      const { name, handle } = next;
      const { id } = handle;
      await handle.refresh();
      if (handle.id !== id) counts.corrected += 1;
      await check(name, handle.id, 'submit');
    }
  }

  async function stopBreaking(): Promise<void> {
    while (isOn()) await pause(100);
    await restarting;
    const { brokenOff, answered } = await breaking.ask('pause');
    counts.brokenOff += brokenOff;
    counts.answered += answered;
    await breaking.stop();
  }

  await breaking.ask('go on');
  await Promise.all([
    stopBreaking(),
    ...Array.from({ length: LANES }, (_, index) => lane(`submitted-${number}-${index}`)),
  ]);
  await restarting;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      await lookAtAnswers();
      await lookAtHandles();
    }),
  );
}

const JOBS_PATH = /\/orchestrator\/jobs(?:\/([^/?]+))?(?:\/(\w+))?/;

/** Returns the job that a request submits. */
function submittedBy({ method, path, requestBody }: RecordedRequest): Omit<FoundJob, 'ID'> | undefined {
  const [isOfJobs, asked] = JOBS_PATH.exec(path) ?? [];
  return method === 'PUT' && isOfJobs !== undefined && asked === undefined ? JSON.parse(requestBody).Job : undefined;
}

interface Answer {
  readonly JobID?: unknown;
  readonly Job?: { readonly ID?: unknown; readonly Name?: unknown };
  readonly Items?: readonly { readonly JobID?: unknown }[];
}

/** What it holds is looked at before it is used. */
function parse(body: string): Answer | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

for (let number = 1; goesOn(); number += 1) {
  await round(number);
  say(JSON.stringify(counts));
}

for (const note of notes.slice(0, 20)) say(note);
const seconds = Math.round((performance.now() - began) / 1_000);
const beside = (name: string, count: number, unit: string) => ({ name, measured: single(count), unit });
report('swapped-answers', {
  title: 'Submissions beside clients that break requests off',
  rows: [
    {
      what: 'Handles of `jobs.submit` that are those of another job',
      measured: single(counts.wrongHandles),
      unit: 'handles',
      target: { atMost: 0 },
      beside: [
        beside('submissions', counts.submissions, 'made'),
        beside('submissions answered with another job', counts.swapped, 'seen'),
        beside('handles that were corrected when they were first used', counts.corrected, 'handles'),
        beside('reads answered with another job', counts.swappedReads, 'seen'),
        beside('other answers that are none', counts.garbled, 'seen'),
        beside('handles of which the server told nothing', counts.unknownHandles, 'handles'),
        beside('rejections', counts.rejections, 'made'),
        beside('ends of the server', counts.restarts, 'seen'),
      ],
    },
  ],
  notes: [
    `${LANES} submitters, beside six clients that broke ${counts.brokenOff} requests off and let ${counts.answered} be answered, in ${seconds} s: until ${ENOUGH} submissions were answered with another job on the wire, or ${LONGEST_MS / 1_000} s had passed. Each handle's job was asked for without the SDK, and has the name and the fingerprint that were sent.`,
  ],
});
