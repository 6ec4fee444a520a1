import { Configuration, JobApi } from 'bacalhau-apiclient';
import { Bacalhau, Ed25519Identity, loadJob, NotFoundError } from 'bacalhau-sdk';
import { importPublicKey, MemoryReplayCache, signRequest, verifyRequest } from 'bacalhau-sdk/signatures';

/** What came of it, to be compared. */
export interface Report {
  readonly state: string | undefined;
  readonly printed: string;
  /** Whether a WebSocket was opened. */
  readonly upgraded: boolean;
  readonly downloaded: readonly string[];
  /** Sizes by path, as they were streamed. */
  readonly streamed: Readonly<Record<string, number>>;
  /** Whether every request of the client went out with a signature. */
  readonly allSigned: boolean;
  readonly verified: boolean;
  readonly notFound: boolean;
  readonly listed: number;
}

/** What applications do: submit a job from a YAML file, follow its log, wait, download, sign. The server is that of the environment. */
export async function work(jobFile: string, directory: string): Promise<Report> {
  const key = await Ed25519Identity.generate();
  let upgraded = false;
  let allSigned = true;
  const bacalhau = new Bacalhau({
    signer: key,
    onRequest: ({ headers }) => {
      allSigned &&= Object.keys(headers).some((name) => name.toLowerCase() === 'signature-input');
    },
    onResponse: ({ status }) => {
      upgraded ||= status === 101;
    },
  });

  const job = await bacalhau.jobs.submit(await loadJob(jobFile));
  let printed = '';
  for await (const { text } of job.logs({ follow: true })) printed += text;
  const { State } = await job.wait({ timeoutMs: 60_000 });
  const { files } = await job.download(directory);
  const streamed: Record<string, number> = {};
  for await (const file of job.files()) streamed[file.path] = (await file.bytes()).length;

  const request = { method: 'GET', url: 'https://gateway.example.org/api?x=1', headers: {} };
  const headers = await signRequest({ ...request, body: new Uint8Array() }, key);
  const known = await importPublicKey(key.publicKey);
  const { keyId } = await verifyRequest(
    { ...request, headers },
    {
      authority: 'gateway.example.org',
      key: (id) => (id === known.keyId ? known : undefined),
      replayCache: new MemoryReplayCache({ since: 0 }),
    },
  );

  const missing: unknown = await bacalhau.jobs
    .handle('j-nope')
    .refresh()
    .catch((error: unknown) => error);
  const { data } = await new JobApi(new Configuration({ basePath: bacalhau.baseUrl })).listJobs({ limit: 1 });
  await bacalhau.close();
  return {
    state: State?.StateType,
    printed,
    upgraded,
    downloaded: files.map(({ path }) => path).sort(),
    streamed,
    allSigned,
    verified: keyId === key.clientId,
    notFound: missing instanceof NotFoundError,
    listed: data.Items.length,
  };
}
