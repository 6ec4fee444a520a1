// `npm run check`: whether a change is worth the whole `npm test`, in few minutes from a fresh clone. It builds nothing, and
// needs nothing but Node.
import { checkSources } from './lib/check-sources.mjs';
import { showTimings, stage } from './lib/stage.mjs';
import { main, runTool } from './lib/workspace.mjs';

await main(async () => {
  try {
    await checkSources();
    await stage('unit', () => runTool('jest', ['--maxWorkers=100%', '--selectProjects', 'unit']));
  } finally {
    showTimings();
  }
});
