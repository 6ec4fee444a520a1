// A real HTTP proxy. Names in `.test` lead to this machine, as a company's own names would to its servers.
import dns from 'node:dns';
import { Server } from 'proxy-chain';

const settings = JSON.parse(process.argv[2] ?? '{}');
const lookup = (name, options, done) =>
  name.endsWith('.test')
    ? done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4)
    : dns.lookup(name, options, done);

const server = new Server({
  port: 0,
  host: '127.0.0.1',
  prepareRequestFunction: ({ hostname, port, isHttp, username, password }) => {
    console.log(`${isHttp ? 'FORWARD' : 'CONNECT'} ${hostname}:${port}`);
    const allowed = settings.user === undefined || `${username}:${password}` === settings.user;
    return { requestAuthentication: !allowed, dnsLookup: lookup };
  },
});
await server.listen();
console.log(`http://127.0.0.1:${server.port}`);
process.stdin.on('end', () => server.close(true).then(() => process.exit(0))).resume();
