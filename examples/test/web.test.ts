import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { Bacalhau, type JobSpec, parseJob, publishers, wasm } from 'bacalhau-sdk';
import { chromiumForTests } from '../../packages/bacalhau-sdk/test/support/chromium.js';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';
import { moduleOf, sleepingModule } from '../../packages/bacalhau-sdk/test/support/wasm-jobs.js';
import { helloModule } from '../lib/hello-module.js';
import { type SIZES, tellWhere, watchedPage } from './support/looks.js';
import { type RunningProgram, startProgram } from './support/program.js';

jest.setTimeout(180_000);

const folder = join(__dirname, '..', 'web');

test('the program in the example job is the one of lib/hello-module.ts', async () => {
  const text = await readFile(join(folder, 'src', 'examples', 'hello-wasm.yaml'), 'utf8');
  const [task] = (await parseJob(text)).Tasks;
  const module = Buffer.from(await helloModule('Hello from WebAssembly')).toString('base64');
  expect(task?.InputSources?.[0]?.Source.Params).toEqual({ URL: `data:application/wasm;base64,${module}` });
});

describeWith(['chromium'], 'the page of examples/web, built, in Chromium', () => {
  const chromium = chromiumForTests();
  let devnet: Devnet;
  let program: RunningProgram;

  beforeAll(async () => {
    devnet = await startDevnet({ server: 'pinned' });
    const env = { BACALHAU_API_HOST: devnet.host, BACALHAU_API_PORT: String(devnet.port) };
    program = await startProgram([join(folder, 'main.ts'), '--built', '--port', '0'], /^Open (\S+)$/, env);
  }, 180_000);
  afterAll(async () => {
    await program?.[Symbol.asyncDispose]();
    await devnet?.stop();
    tellWhere();
  }, 30_000);

  const open = async (size: keyof typeof SIZES) => {
    const watched = await watchedPage(chromium.browser, size);
    await watched.page.goto(program.said);
    await watched.page.locator('.server.good').waitFor();
    return watched;
  };

  /** Submits a job as others do, and opens its page. */
  const openJob = async (Name: string, job: JobSpec) => {
    await using bacalhau = new Bacalhau({ baseUrl: devnet.url, env: {}, auth: false });
    await bacalhau.jobs.submit({ ...job, Name });
    const watched = await open('laptop');
    await watched.page.getByRole('link', { name: Name }).click();
    return watched;
  };
  const publisher = publishers.local();
  const badge = '.job-head .state';
  const exitCode = 'dt:has-text("Exit code") + dd';

  test('where there is no job, none is offered', async () => {
    const { page, complaints, look } = await open('laptop');
    await page.getByText('No jobs yet').waitFor();
    await page.getByRole('link', { name: 'Submit the first job', exact: true }).waitFor();
    expect(await page.getByText('Select a job').count()).toBe(0);
    await look('empty');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each(['laptop', 'phone'] as const)(
    'on a %s a job is submitted, followed, and its results are read',
    async (size) => {
      const { page, complaints, look, shifts } = await open(size);
      if (size === 'laptop') await look('start');

      await page.getByRole('link', { name: 'New job' }).click();
      await page.getByText('A valid job.').waitFor();
      await look('new-job');
      const specification = page.getByLabel(/^Specification/);
      const valid = await specification.inputValue();
      await specification.fill('Type: batch\nTasks:\n  - Name: main\n    Engine: {}\n');
      await page.getByText('Job.Tasks[0].Engine.Type is missing. Use docker or wasm.').waitFor();
      await look('invalid-job');
      await specification.fill(' ');
      expect(await page.getByRole('button', { name: 'Submit' }).isDisabled()).toBe(true);
      await specification.fill(valid);

      await page.getByRole('button', { name: 'Submit' }).click();
      await page.locator(`${badge}.good`, { hasText: 'Completed' }).waitFor();
      expect(await page.locator('h1').textContent()).toMatch(/^hello-\w+$/);
      expect(await page.locator('h1').evaluate('document.activeElement?.tagName')).toBe('H1');
      await page.getByRole('log').getByText('Hello from WebAssembly').waitFor();
      await page.getByText('1 line', { exact: true }).waitFor();
      await page.getByText('3 files').waitFor();
      expect((await page.locator('.file .path').allTextContents()).sort()).toEqual(['exitCode', 'stderr', 'stdout']);
      await look('job');
      await page.getByRole('button', { name: 'View stdout' }).click();
      await page.getByLabel('Content of stdout').getByText('Hello from WebAssembly').waitFor();
      await look('results');

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save stdout' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('stdout');
      expect(await readFile(await download.path(), 'utf8')).toBe('Hello from WebAssembly\n');

      await page.getByRole('link', { name: 'Nodes' }).click();
      await page.getByRole('heading', { name: 'Compute node' }).waitFor();
      expect(await page.locator('.card').count()).toBe(2);
      await look('nodes');

      await page.getByRole('link', { name: 'Jobs', exact: true }).click();
      await page.locator('.list .state.good', { hasText: 'Completed' }).first().waitFor();
      await look('jobs');
      expect(complaints).toEqual([]);
      expect(await shifts()).toEqual([]);
      await page.close();
    },
  );

  test('a job that comes from elsewhere appears in the list by itself', async () => {
    const { page, complaints, look } = await open('phone');
    await using bacalhau = new Bacalhau({ baseUrl: devnet.url, env: {}, auth: false });
    const text = await readFile(join(folder, 'src', 'examples', 'hello-wasm.yaml'), 'utf8');
    const Name = `from-elsewhere-${'and-with-a-long-name-'.repeat(5)}`;
    const job = await bacalhau.jobs.submit({ ...(await parseJob(text)), Name });
    const link = page.getByRole('link', { name: /from-elsewhere.*Completed/ });
    await link.waitFor();
    expect(await page.locator('.list code').first().getAttribute('title')).toBe(job.id);
    await link.click();
    await page.getByText('3 files').waitFor();
    await look('long-name');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a program that failed is not shown as a success, on its page and in the list', async () => {
    const module = await moduleOf('looked in vain', 3);
    const { page, complaints, look } = await openJob('exit-three', wasm({ module, publisher }));
    await page.locator(`${badge}.bad`, { hasText: 'Exit code 3' }).waitFor();
    await page.locator(exitCode, { hasText: /^3$/ }).waitFor();
    await page.getByRole('link', { name: /exit-three.*Exit code 3/ }).waitFor();
    expect(await page.locator('.list a', { hasText: 'exit-three' }).locator('.state.bad').count()).toBe(1);
    await page.getByText('3 files').waitFor();
    await look('exit-code');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('where nothing ran there is no exit code, and the cause that the node names comes first', async () => {
    const { Tasks, ...hello } = await parseJob(
      await readFile(join(folder, 'src', 'examples', 'hello-wasm.yaml'), 'utf8'),
    );
    const withoutStart = Tasks.map(({ Engine: { Type, Params }, ...task }) => {
      return { ...task, Engine: { Type, Params: { ...Params, Entrypoint: '_missing' } } };
    });
    const { page, complaints, look } = await openJob('without-start', { ...hello, Tasks: withoutStart });
    await page.locator(`${badge}.bad`, { hasText: 'Failed' }).waitFor();
    await page.locator(exitCode, { hasText: /^none$/ }).waitFor();
    await page.locator('.cause').waitFor();
    expect(await page.locator('.notice.bad').first().textContent()).toMatch(/^.*_missing/);
    await page.getByText('The job failed before it stored results.').waitFor();
    await look('nothing-ran');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a job is stopped, and what is left of it is said', async () => {
    const module = await sleepingModule(600);
    const { page, complaints, look } = await openJob('sleeping', wasm({ module, publisher }));
    await page.locator(badge, { hasText: 'Running' }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator(`${badge}.off`, { hasText: 'Stopped' }).waitFor();
    await page.locator('.notice', { hasText: 'Stopped from the web page.' }).waitFor();
    await page.locator(exitCode, { hasText: /^none$/ }).waitFor();
    await page.getByText('The job was stopped before it stored results.').waitFor();
    await page.getByText('The output of a WebAssembly job is kept only if it has completed.').waitFor();
    await look('stopped');
    expect(complaints).toEqual([]);
    await page.close();
  });

  describeWith(['docker'], 'with Docker', () => {
    /** A node whose log of a container is missing says so after a minute, and the output then comes from elsewhere. */
    const patience = { timeout: 120_000 };
    const choose = async (name: RegExp) => {
      const watched = await open('laptop');
      const { page } = watched;
      await page.getByRole('link', { name: 'New job' }).click();
      await page.getByRole('radio', { name }).check();
      await page.getByRole('button', { name: 'Submit' }).click();
      return watched;
    };

    test('the log is followed line by line while the job runs, and the file that it writes can be read', async () => {
      const { page, complaints, look } = await choose(/Counting/);
      await page.getByRole('log').getByText('line 2').waitFor();
      expect(await page.locator(badge).textContent()).toBe('Running');
      await look('running');
      await page.locator(badge, { hasText: 'Completed' }).waitFor();
      await page.getByText('6 lines', { exact: true }).waitFor(patience);
      const printed = await page.getByRole('log').locator('.stdout').allTextContents();
      expect(printed).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5']);
      await page.getByRole('button', { name: 'View outputs/when.txt' }).click();
      await page
        .getByLabel('Content of outputs/when.txt')
        .getByText(/20\d\d/)
        .waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('an exit code that means failure is shown', async () => {
      const { page, complaints, look } = await choose(/Failing/);
      await page.getByRole('log').getByText('there is no data').waitFor(patience);
      await page.locator(exitCode, { hasText: /^3$/ }).waitFor();
      await page.locator(`${badge}.bad`, { hasText: 'Exit code 3' }).waitFor();
      await look('failed');
      expect(complaints).toEqual([]);
      await page.close();
    });
  });

  test('an unreachable server is reported, the loaded jobs stay visible, and it is tried again', async () => {
    const { page, look } = await open('phone');
    await page.locator('.list .state').first().waitFor();
    await devnet.stop();
    await page.locator('.server.bad').getByText('unreachable').waitFor();
    await page
      .getByRole('alert')
      .getByText(/no response came from/)
      .waitFor();
    expect(await page.locator('.list .state').count()).toBeGreaterThan(0);
    await look('unreachable');

    const again = page.waitForRequest(/\/orchestrator\/jobs\?/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await again;
    await page.getByRole('link', { name: 'Nodes' }).click();
    await page.getByRole('alert').getByText('The nodes cannot be loaded').waitFor();
    // Another one at the same address, which is noticed without a click.
    devnet = await startDevnet({ server: 'pinned', port: devnet.port });
    await page.getByRole('heading', { name: 'Compute node' }).waitFor();
    await page.locator('.server.good').waitFor();
    await page.close();
  });
});
