import { startTestNetwork } from './test-network.ts';

const ADDRESS = 'BACALHAU_TEST_URL_candidate';

/** A server that no test names: the one that `npm run try-server` was given. */
export default async function setUp(): Promise<void> {
  await startTestNetwork(process.env['BACALHAU_TEST_SERVER'] ?? '', ADDRESS);
  const { GitVersion } = Object(await (await fetch(`${process.env[ADDRESS]}/api/v1/agent/version`)).json());
  process.env['BACALHAU_TEST_CANDIDATE_VERSION'] = String(GitVersion).replace(/^v/, '');
}
