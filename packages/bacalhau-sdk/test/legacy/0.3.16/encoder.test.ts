import fc from 'fast-check';
import type { Spec } from '../../../src/legacy/index.js';
import { type LegacyJobs, legacyJobId } from '../../../src/legacy/legacy-jobs.js';
import type { LegacyJob } from '../../../src/legacy/options.js';
import { legacyNetwork } from '../../support/legacy.js';
import { describeWith } from '../../support/requirements.js';

/** What two languages write down differently, or might: control characters, HTML, separators, halves of surrogate pairs. */
const AWKWARD = [
  ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)),
  ...['"', '\\', '/', '<', '>', '&', '=', "'", '\u007f', '\u0080', '\u2028', '\u2029', '\ufeff', '\ufffd', '\uffff'],
  ...['\ud800', '\udbff', '\udc00', '\udfff', '\ud83d\ude00', '\u{10ffff}', '\ue000', 'é', 'e\u0301', '\\u0041'],
];

const text = fc.oneof(
  fc.array(fc.constantFrom(...AWKWARD), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'plain'),
);
const texts = fc.array(text, { maxLength: 4 });
/** Its names are sorted, so they have to be beyond the BMP and below it. */
const textMap = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  text,
  { maxKeys: 6 },
);
const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] });
const orNothing = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const storage = fc.record(
  {
    StorageSource: fc.constantFrom('IPFS', 'ipfs', 'URLDownload', 'Filecoin', 'estuary'),
    Name: text,
    CID: text,
    URL: text,
    path: text,
    Metadata: textMap,
  },
  { requiredKeys: ['StorageSource'] },
);
const seconds = fc.oneof(
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.constantFrom(0, -0, 1e-6, 1e-7, 0.1, 1 / 3, 1e20, 1e21, 1.5e300, 5e-324, 2 ** 53, 123456789.125),
  fc.nat(),
);

const spec: fc.Arbitrary<Spec> = fc.record(
  {
    Engine: fc.constantFrom('Noop', 'noop'),
    Verifier: fc.constantFrom('Noop', 'NOOP'),
    Publisher: fc.constantFrom('Noop', 'nOOP'),
    Docker: optional({ Image: text, Entrypoint: texts, EnvironmentVariables: texts, WorkingDirectory: text }),
    Language: optional({
      Language: text,
      LanguageVersion: text,
      DeterministicExecution: fc.boolean(),
      JobContext: storage,
      Command: text,
      ProgramPath: text,
      RequirementsPath: text,
    }),
    Wasm: optional({
      EntryPoint: text,
      Parameters: texts,
      EnvironmentVariables: textMap,
      ImportModules: fc.array(storage, { maxLength: 2 }),
    }),
    Resources: optional({ CPU: text, Memory: text, Disk: text, GPU: text }),
    Timeout: seconds,
    Contexts: fc.array(storage, { maxLength: 2 }),
    outputs: fc.array(storage, { maxLength: 2 }),
    Annotations: texts,
    Sharding: optional({ BatchSize: fc.integer(), GlobPatternBasePath: text }),
    DoNotTrack: fc.boolean(),
    ExecutionPlan: optional({ ShardsTotal: fc.nat() }),
    Deal: fc
      .record({ Concurrency: fc.integer({ min: 1, max: 3 }), MinBids: orNothing(fc.nat(3)) })
      .map(({ Concurrency, MinBids }) => ({ Concurrency, ...(MinBids === undefined ? {} : { MinBids }) })),
  },
  { requiredKeys: ['Engine', 'Verifier', 'Publisher'] },
);

describeWith(['legacy'], 'the encoding of a job, as a real server 0.3.16 verifies it', () => {
  const network = legacyNetwork({});
  let jobs: LegacyJobs;
  beforeAll(() => {
    jobs = network.client();
  });

  const accepted = async (job: LegacyJob) => legacyJobId((await jobs.submit(job)).job);

  test('any job is written down as the server writes it down', async () => {
    // The server takes a job only if it makes the very same bytes of it: the signature is over its own encoding.
    await fc.assert(
      fc.asyncProperty(spec, fc.constantFrom(undefined, '', 'V1beta1', 'V9 <&>'), async (Spec, APIVersion) => {
        await accepted({ Spec, ...(APIVersion ? { APIVersion } : {}) });
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test.each(AWKWARD.map((character) => [JSON.stringify(character), character]))(
    'the character %s, in a value and as a name',
    async (_, character) => {
      const Spec = {
        ...{ Engine: 'Noop', Verifier: 'Noop', Publisher: 'Noop' },
        Docker: { Image: character, Entrypoint: [character, `a${character}b`, ''] },
        Wasm: { EnvironmentVariables: { [character]: character, z: '', [`a${character}`]: 'x' } },
      };
      await accepted({ Spec });
    },
  );

  test('absent, zero, empty and null values are the same to the server', async () => {
    const zeros = {
      ...{ Engine: 'Noop', Verifier: 'Noop', Publisher: 'Noop' },
      Docker: { Image: '', Entrypoint: [], WorkingDirectory: null },
      Language: null,
      Timeout: 0,
      inputs: [],
      DoNotTrack: false,
      Sharding: { BatchSize: 0 },
      Deal: { Concurrency: 1, Confidence: 0 },
    };
    await accepted({ Spec: JSON.parse(JSON.stringify(zeros)) });
    await accepted({ Spec: { Engine: 'Noop', Verifier: 'Noop', Publisher: 'Noop' } });
  });

  test('its changes keep the meaning', async () => {
    const Image = 'a\ud800<&>\u2028\b\f😀';
    const { job } = await jobs.submit({
      Spec: { Engine: 'nOOp', Verifier: 'Noop', Publisher: 'Noop', Docker: { Image }, Timeout: 0.1 },
    });
    expect(job.Spec).toMatchObject({
      Engine: 'Noop',
      Docker: { Image: Image.replace('\ud800', '\ufffd') },
      Timeout: 0.1,
    });
  });
});
