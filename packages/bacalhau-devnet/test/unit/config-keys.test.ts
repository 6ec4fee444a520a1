import { unknownKey } from '../../src/check-config.js';

const KNOWN = ['API.Host', 'API.Port', 'API.Auth.Users', 'Labels', 'Orchestrator.NodeManager.ManualApproval'];

test.each([
  [{}],
  [{ API: { Port: 1 } }],
  // As for the server, case does not matter.
  [{ api: { auth: { users: [{ Alias: 'x' }] } } }],
  // What is below a value is data.
  [{ Labels: { zone: 'a' } }],
  // A part of the configuration that is not set.
  [{ Orchestrator: {} }],
])('a configuration of known keys is accepted: %j', (config) => {
  expect(unknownKey(config, KNOWN)).toBeUndefined();
});

test.each([
  [{ API: { Prot: 1 } }, 'configuration key API.Prot. API has Auth, Host, Port'],
  [{ API: { Port: 1 }, Apl: 1 }, 'configuration key Apl. It has API, Labels, Orchestrator'],
  [{ api: { auth: { user: [] } } }, 'configuration key api.auth.user. api.auth has Users'],
])('a misspelt key is named with those that there are: %j', (config, message) => {
  expect(unknownKey(config, KNOWN)).toBe(message);
});
