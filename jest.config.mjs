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

export default {
  projects: [
    project('openapi', '<rootDir>/openapi'),
    project('examples', '<rootDir>/examples', {
      globalSetup: '<rootDir>/../packages/bacalhau-sdk/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/../packages/bacalhau-sdk/test/support/global-teardown.ts',
    }),
    project('devnet', '<rootDir>/packages/bacalhau-devnet'),
    project('sdk', '<rootDir>/packages/bacalhau-sdk', {
      moduleNameMapper: { '^#platform$': '<rootDir>/src/platform/node/index.ts' },
      // ESM only.
      transformIgnorePatterns: [
        '/node_modules/(?!(\\.pnpm/(modern-tar|oauth4webapi|@noble\\+(ed25519|hashes))@|modern-tar/|oauth4webapi/|@noble/))',
      ],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    }),
  ],
};
