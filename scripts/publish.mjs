// Publishes the versions that are not in the registry yet; the workflow `release` runs it.
import { main, pnpm, runTool } from './lib/workspace.mjs';

await main(async () => {
  // First, because bacalhau-devnet names them. Packing one builds its server.
  await pnpm(['publish', '--recursive', '--filter', 'bacalhau-devnet-*', '--no-git-checks']);
  await runTool('changeset', ['publish']);
});
