// The public types of the packages, in api/*.api.md, so that a review sees every change of them. `npm run api-report` fails
// when the committed files are not what the build gives; with `-- --update` it writes them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { root } from './lib/workspace.mjs';

const reports = [
  // With what its classes inherit from, which is exported nowhere.
  { name: 'bacalhau-sdk', folder: 'bacalhau-sdk', entry: 'dist/index.d.mts', whole: true },
  // Without: what these do not export is in the report above.
  { name: 'bacalhau-sdk-legacy', folder: 'bacalhau-sdk', entry: 'dist/legacy/index.d.mts', whole: false },
  { name: 'bacalhau-sdk-signatures', folder: 'bacalhau-sdk', entry: 'dist/signatures/index.d.mts', whole: false },
  { name: 'bacalhau-devnet', folder: 'bacalhau-devnet', entry: 'dist/index.d.mts', whole: true },
  { name: 'bacalhau-opentelemetry', folder: 'bacalhau-opentelemetry', entry: 'dist/index.d.mts', whole: true },
];
const update = process.argv.includes('--update');
const reportFolder = join(root, 'api');
mkdirSync(reportFolder, { recursive: true });

const changed = reports.filter((report) => !extract(report)).map(({ name }) => `api/${name}.api.md`);
if (update) {
  console.log(changed.length > 0 ? `Written: ${changed.join(', ')}` : 'Nothing has changed.');
} else if (changed.length > 0) {
  console.error(`The public types are not those of ${changed.join(', ')}. If that is meant:`);
  console.error('  npm run build && npm run api-report -- --update');
  process.exitCode = 1;
}

/** Whether the report is as it was. */
function extract({ name, folder, entry, whole }) {
  const projectFolder = join(root, 'packages', folder);
  const { apiReportChanged, errorCount } = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(projectFolder, 'package.json'),
      configObject: {
        projectFolder,
        mainEntryPointFilePath: join(projectFolder, entry),
        newlineKind: 'lf',
        compiler: {
          overrideTsconfig: {
            extends: join(root, 'tsconfig.base.json'),
            compilerOptions: { types: ['node'] },
            files: [join(projectFolder, entry)],
          },
        },
        apiReport: {
          enabled: true,
          reportFileName: name,
          reportFolder,
          includeForgottenExports: whole,
          reportTempFolder: join(root, 'node_modules', '.cache', 'api'),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        messages: {
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.Error },
            // In the report, where a review sees it: the errors of `legacy` extend those of the main entry point, for one.
            'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
            // Everything that is exported is public, and TypeDoc sees to it that it has words.
            'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
            'ae-undocumented': { logLevel: ExtractorLogLevel.None },
          },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
    }),
    {
      localBuild: update,
      messageCallback: (message) => {
        // Ours say it in one line.
        message.handled = message.logLevel !== ExtractorLogLevel.Error;
      },
    },
  );
  if (errorCount > 0) process.exitCode = 1;
  return !apiReportChanged;
}
