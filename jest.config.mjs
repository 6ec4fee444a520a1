// One jest run for the whole workspace, in projects by what their tests need: `--selectProjects NAME` picks one.
const sources = '<rootDir>/packages/bacalhau-sdk';

const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/openapi', '<rootDir>/packages', '<rootDir>/examples', '<rootDir>/docs'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // ESM only.
  transformIgnorePatterns: [
    '/node_modules/(?!(\\.pnpm/(modern-tar|oauth4webapi|@noble\\+(ed25519|hashes))@|modern-tar/|oauth4webapi/|@noble/))',
  ],
  moduleNameMapper: {
    '^#platform$': `${sources}/src/platform/node/index.ts`,
    // Sources import their siblings as `./x.js`, the name that the file has once compiled.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

/** Other packages are their sources too, so that nothing has to be built. */
const withoutBuild = {
  moduleNameMapper: {
    '^bacalhau-apiclient$': '<rootDir>/packages/bacalhau-apiclient/src/index.ts',
    '^bacalhau-apiclient/legacy$': '<rootDir>/packages/bacalhau-apiclient/src/legacy.ts',
    '^bacalhau-openapi$': '<rootDir>/openapi/src/index.ts',
    '^bacalhau-sdk$': `${sources}/src/index.ts`,
    ...shared.moduleNameMapper,
  },
};

/** A network of a server that all tests of the project share; `bacalhauServer` tells them which. */
const onServer = (server, setup = `global-setup-${server}`) => ({
  globalSetup: `${sources}/test/support/${setup}.ts`,
  globalTeardown: `${sources}/test/support/global-teardown.ts`,
  globals: { bacalhauServer: server },
});
const onNewest = onServer('1.9.3', 'global-setup');

const project = (displayName, folders, needs) => ({
  ...shared,
  ...needs,
  displayName,
  testMatch: folders.map((folder) => `<rootDir>/${folder}/*.test.ts`),
});

// They need network namespaces, which Linux has.
const OLDER_SERVERS = process.platform === 'linux' ? ['1.4.0', '1.6.0'] : [];
/** Each with the folder of its tests. */
const LEGACY_SERVERS = [
  ['0.3.16', '0.3.16'],
  ['1.4.0 with the signed API', 'signed-api'],
];
// Bacalhau's server does not run on Windows, so what needs one is tested elsewhere.
const hasServer = process.platform !== 'win32';
const sdk = 'packages/bacalhau-sdk/test';

export default {
  // For machines that are busy, and for servers: what 1.9.3 fails to schedule it tries again after 5, 30 and 60 s. What must
  // be sooner says so.
  testTimeout: 150_000,
  reporters: ['default', '<rootDir>/scripts/servers/reporter.mjs', '<rootDir>/scripts/servers/unfinished-jobs.mjs'],
  projects: [
    // Nothing but Node: no network, not even the loopback, and of other programs only mkfifo.
    project(
      'unit',
      [`${sdk}/unit`, 'packages/{bacalhau-devnet,bacalhau-opentelemetry}/test/unit', 'openapi/test/unit'],
      withoutBuild,
    ),
    // Servers that the tests make themselves, for what a real one cannot be told to do.
    project('faults', [`${sdk}/faults`, `${sdk}/old-servers`, 'openapi/test/faults'], withoutBuild),
    ...(hasServer
      ? [
          // Real servers, some behind a proxy that disturbs them.
          project(
            'e2e',
            [
              `${sdk}/{e2e,newest-server,network-faults,legacy}`,
              'packages/{bacalhau-devnet,bacalhau-opentelemetry}/test',
              'examples/test',
              'docs/test',
            ],
            onNewest,
          ),
          // The same tests against older servers, without those that depend on the client alone.
          ...OLDER_SERVERS.map((server) => project(`e2e-${server}`, [`${sdk}/e2e`], onServer(server))),
          // The tests of LegacyJobs, which start networks of their own.
          ...LEGACY_SERVERS.map(([server, folder]) =>
            project(`legacy-${folder}`, [`${sdk}/legacy/${folder}`], { globals: { bacalhauServer: server } }),
          ),
          // A server that `npm run try-server` was given.
          ...(process.env.BACALHAU_TEST_SERVER
            ? [project('candidate', [`${sdk}/e2e`], onServer('candidate', 'global-setup-candidate'))]
            : []),
          // The packages as users install them.
          project('packed', [`${sdk}/packed`], onNewest),
        ]
      : []),
  ],
};
