import { type Devnet, type DevnetOptions, startDevnet } from 'bacalhau-devnet';
import { startConformanceProxy } from 'bacalhau-openapi';
import { devnetServer } from './server.js';

/** A real server with a configuration of its own, seen through the proxy that checks every answer against the spec. */
export interface OwnServer {
  readonly devnet: Devnet;
  /** The proxy's address; the server's own where it speaks TLS, which the proxy does not. */
  readonly url: string;
}

/** Starts it before the tests of the file or group, and ends it after them. Call it outside of tests. */
export function ownServer(options: () => DevnetOptions | Promise<DevnetOptions>): OwnServer {
  let devnet: Devnet | undefined;
  let proxy: Awaited<ReturnType<typeof startConformanceProxy>> | undefined;
  beforeAll(async () => {
    devnet = await startDevnet({ server: devnetServer, computeNodes: 0, ...(await options()) });
    if (!devnet.https) proxy = await startConformanceProxy({ target: devnet.url });
  }, 120_000);
  afterAll(async () => {
    const violations = proxy?.violations() ?? [];
    await proxy?.stop();
    await devnet?.stop();
    expect(violations).toEqual([]);
  }, 30_000);
  const running = (): Devnet => {
    if (devnet === undefined) throw new Error('The server has not been started.');
    return devnet;
  };
  return {
    get devnet() {
      return running();
    },
    get url() {
      return proxy?.url ?? running().url;
    },
  };
}
