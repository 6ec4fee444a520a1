/** @jest-environment jsdom */
const { writeFileSync } = require('node:fs');
const { Bacalhau } = require('bacalhau-sdk');

const { SERVER_URL: baseUrl, TEST_JOB, REPORT } = process.env;
const nameOf = (error) => error.name;

test('a page that is tested with jest 29 works', async () => {
  const spec = JSON.parse(TEST_JOB);
  const bacalhau = new Bacalhau({ baseUrl });
  const { jobs } = bacalhau;
  const { signal } = new AbortController();
  const job = await jobs.submit(spec, { signal });
  const { State } = await job.wait({ signal });
  const { stdout } = await jobs.run(spec, { signal, output: 'beginning' });
  const mapped = [];
  for await (const item of jobs.map([1, 2], () => spec, { signal, output: 'beginning' })) mapped.push(item.status);
  const aborted = new AbortController();
  const pending = [
    jobs.list({ signal: aborted.signal }),
    jobs.handle('j-nope').wait({ signal: aborted.signal }),
    jobs.run(spec, { signal: aborted.signal }),
    (async () => {
      for await (const _ of job.logs({ signal: aborted.signal }));
    })(),
  ].map((work) => work.then(() => 'resolved', nameOf));
  aborted.abort();
  const report = {
    // What a page has in a browser, and here has not.
    lacks: [typeof AbortSignal.prototype.throwIfAborted, typeof AbortSignal.timeout, typeof TextEncoder],
    ...{ state: State.StateType, stdout, mapped },
    aborted: await Promise.all(pending),
    notFound: await jobs.get('j-nope', { signal }).catch(nameOf),
    // Answers of other origins come in streams, which there are none of.
    downloaded: await job.download('results').catch(nameOf),
    files: await job.files().next().catch(nameOf),
    identity: await bacalhau.identity().catch(nameOf),
    refused: await new Bacalhau({ baseUrl, auth: { username: 'ada', password: 'pässword' } }).jobs
      .get('j-nope')
      .catch(nameOf),
  };
  await bacalhau.close();
  writeFileSync(REPORT, JSON.stringify(report));
}, 60_000);
