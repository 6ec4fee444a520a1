import { startTestNetwork } from './test-network.ts';

/** The newest server. Examples and guides are run against it, too. */
export default async function setUp(): Promise<void> {
  await startTestNetwork('pinned', 'BACALHAU_TEST_URL_1_9_3');
  process.env['BACALHAU_TEST_URL'] = process.env['BACALHAU_TEST_URL_1_9_3'];
}
