import { UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { legacyNetwork } from '../support/legacy.js';
import { describeWith } from '../support/requirements.js';

describeWith(['legacy'], 'without its version being given,', () => {
  describe.each(['1.4.0', '1.6.0'])('a server %s that has it switched off', (server) => {
    const network = legacyNetwork({ server, computeNodes: 0 });

    test('has none of the calls, and each error names the one that does the same', async () => {
      const jobs = network.client();
      const calls = [
        () => jobs.submit({ Spec: { Engine: 'Noop', Verifier: 'Noop', PublisherSpec: { Type: 'Noop' } } }),
        () => jobs.list(),
        () => jobs.states('j-1'),
        () => jobs.results('j-1'),
        () => jobs.events('j-1'),
        () => jobs.localEvents('j-1'),
        () => jobs.cancel('j-1'),
        () => jobs.wait('j-1'),
      ];
      for (const call of calls) {
        const failure = await Promise.resolve(call()).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(UnsupportedByServerError);
        expect(failure).toMatchObject({ message: expect.stringMatching(/ jobs\.\w+ of `new Bacalhau\(\)`\.$/) });
      }
    });
  });
});
