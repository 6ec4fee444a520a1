// One jest run for the whole workspace; `--selectProjects NAME` picks a package.
const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  extensionsToTreatAsEsm: [],
  // Sources import their siblings as `./x.js`, the name that the file has once compiled.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

const project = (displayName, folder, extra = {}) => ({
  ...shared,
  ...extra,
  displayName,
  rootDir: folder,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  moduleNameMapper: { ...extra.moduleNameMapper, ...shared.moduleNameMapper },
});

// Bacalhau's server does not run on Windows, so what needs one is tested elsewhere.
const hasServer = process.platform !== 'win32';
const network = (support) => ({
  globalSetup: `${support}/global-setup.ts`,
  globalTeardown: `${support}/global-teardown.ts`,
});

const sdk = {
  moduleNameMapper: { '^#platform$': '<rootDir>/src/platform/node/index.ts' },
  // ESM only.
  transformIgnorePatterns: [
    '/node_modules/(?!(\\.pnpm/(modern-tar|oauth4webapi|@noble\\+(ed25519|hashes))@|modern-tar/|oauth4webapi/|@noble/))',
  ],
};

export default {
  // For machines that are busy; what must be sooner says so.
  testTimeout: 60_000,
  projects: hasServer
    ? [
        project('openapi', '<rootDir>/openapi'),
        project('examples', '<rootDir>/examples', network('<rootDir>/../packages/bacalhau-sdk/test/support')),
        project('docs', '<rootDir>/docs', network('<rootDir>/../packages/bacalhau-sdk/test/support')),
        project('devnet', '<rootDir>/packages/bacalhau-devnet'),
        project('sdk', '<rootDir>/packages/bacalhau-sdk', { ...sdk, ...network('<rootDir>/test/support') }),
      ]
    : [
        project('openapi', '<rootDir>/openapi'),
        project('sdk', '<rootDir>/packages/bacalhau-sdk', {
          ...sdk,
          testPathIgnorePatterns: ['/node_modules/', '/test/(e2e|packed|legacy)/'],
        }),
      ],
};
