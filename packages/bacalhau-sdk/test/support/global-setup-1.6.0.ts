import { startTestNetwork } from './test-network.ts';

export default (): Promise<void> => startTestNetwork('1.6.0', 'BACALHAU_TEST_URL_1_6_0');
