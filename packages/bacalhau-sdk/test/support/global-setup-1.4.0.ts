import { startTestNetwork } from './test-network.ts';

export default (): Promise<void> => startTestNetwork('1.4.0', 'BACALHAU_TEST_URL_1_4_0');
