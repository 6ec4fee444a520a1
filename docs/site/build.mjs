// `npm run docs:build` builds the documentation as static pages in docs/site/dist. A warning is an error.
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { problemsOf } from './check.mjs';
import { searchProblemsOf } from './search.mjs';

const app = await Application.bootstrapWithPlugins({
  options: fileURLToPath(new URL('typedoc.config.mjs', import.meta.url)),
});
const project = await app.convert();
if (project !== undefined) {
  app.validate(project);
  await app.generateOutputs(project);
}
if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings()) {
  process.exitCode = 1;
} else {
  const site = app.options.getValue('out');
  const { pages, problems } = problemsOf(site);
  problems.push(...searchProblemsOf(site));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${pages} pages without broken links`);
}
