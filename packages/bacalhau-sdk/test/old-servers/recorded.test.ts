import { createConformanceChecker } from 'bacalhau-openapi';
import { check, recorded, recordingsOf, VERSIONS } from './replay.js';

const checker = createConformanceChecker();

describe.each(VERSIONS)('the recorded answers of %s', (version) => {
  const recordings = recordingsOf(version);
  const described = Object.entries(recordings).filter(([name]) => name !== 'legacy-list');

  test.each(described)('conform to the document: %s', (_, recording) => {
    const { request, body } = recording;
    const sent = request.body === undefined ? '' : JSON.stringify(request.body);
    expect(check(checker, recording, sent, JSON.stringify(body))).toEqual([]);
  });

  test('do not include the API from before 1.4, which is not in the document either', () => {
    const { request, status } = recorded(recordings, 'legacy-list');
    expect(checker.operationOf(request.method, request.path)).toBeUndefined();
    expect(status).toBe(version < 'v1.7.0' ? 410 : 404);
  });

  test('contain no address other than loopback, and no secret', () => {
    const text = JSON.stringify(recordings);
    const addresses = [...text.matchAll(/\d+\.\d+\.\d+\.\d+/g)].map(([address]) => address);
    expect(new Set(addresses.filter((address) => !['127.0.0.1', '0.0.0.0'].includes(address)))).toEqual(new Set());
    expect(text).not.toMatch(/\/(home|root|tmp|Users)\/|"(token|password|api_?key|secret)"/i);
  });
});
