// The options of `npm run docs:build`: the home page from README.md, the guides in docs/, and the reference of the packages.
import { OptionDefaults } from 'typedoc';
import { contents, REPOSITORY } from './contents.mjs';

const packages = '../../packages';

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'Bacalhau for TypeScript',
  plugin: ['./plugin.mjs'],
  tsconfig: './tsconfig.json',
  entryPoints: [
    `${packages}/bacalhau-sdk/src/index.ts`,
    `${packages}/bacalhau-sdk/src/legacy/index.ts`,
    `${packages}/bacalhau-sdk/src/signatures/entry.ts`,
    `${packages}/bacalhau-opentelemetry/src/index.ts`,
    `${packages}/bacalhau-devnet/src/index.ts`,
    `${packages}/bacalhau-apiclient/src/index.ts`,
    `${packages}/bacalhau-apiclient/src/legacy.ts`,
  ],
  // `npm run typecheck` checks types, with the settings of each package.
  skipErrorChecking: true,
  // Said here, so that a checkout without a remote makes the same site.
  ...{ disableGit: true, gitRevision: 'main', displayBasePath: '../..' },
  sourceLinkTemplate: `${REPOSITORY}/blob/{gitRevision}/{path}#L{line}`,
  out: './dist',
  readme: '../../README.md',
  projectDocuments: Object.values(contents)
    .flat()
    .map((path) => `../../${path}`),
  searchInDocuments: true,
  lightHighlightTheme: 'github-light-high-contrast',
  darkHighlightTheme: 'github-dark-high-contrast',
  navigationLinks: { npm: 'https://www.npmjs.com/package/bacalhau-sdk', GitHub: REPOSITORY },
  customCss: './style.css',
  customJs: './navigation.js',
  headings: { readme: false, document: false },
  navigation: { includeGroups: true, includeFolders: false },
  sortEntryPoints: false,
  groupOrder: [...Object.keys(contents), 'Modules', '*'],
  packagesRequiringDocumentation: ['bacalhau-sdk', 'bacalhau-opentelemetry', 'bacalhau-devnet', 'bacalhau-apiclient'],
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'python'],
  treatWarningsAsErrors: true,
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    notDocumented: true,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
};
