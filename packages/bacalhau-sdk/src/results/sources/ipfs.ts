import { ConfigurationError, DownloadError } from '../../errors/index.js';
import { type ExternalRequest, httpBase, quoteAddress } from '../../external/index.js';
import { type IpfsResult, quoteName } from '../../model/index.js';
import type { IpfsOptions } from '../types.js';
import type { ArchiveSource } from './source.js';

/**
 * Returns the source of a TAR from a gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/ has `format`, Kubo adds `tar`) or from
 * a node's RPC endpoint (https://docs.ipfs.tech/reference/kubo/rpc/#api-v0-get).
 */
export function ipfsSource(name: string, { cid }: IpfsResult, options: IpfsOptions = {}): ArchiveSource {
  const { gateway, api, headers = {} } = options;
  // It becomes part of a path; CIDs are letters and digits in every encoding that nodes use.
  if (!/^[a-z0-9]{1,256}$/i.test(cid)) {
    throw new DownloadError(`Cannot fetch ${name}: ${quoteName(cid)} is not a CID.`, { reason: 'unsupported' });
  }
  const request = requestFor(name, cid, { gateway, api });
  return {
    kind: 'archive',
    extension: '.tar',
    root: cid,
    file: {
      name,
      renewable: false,
      // A node that does not have the content responds with 500.
      retries500: false,
      request: async () => ({ ...request, headers }),
    },
  };
}

function requestFor(name: string, cid: string, { gateway, api }: IpfsOptions): Omit<ExternalRequest, 'headers'> {
  if (api !== undefined) {
    return { method: 'POST', url: `${baseOf(api, 'ipfs.api')}/api/v0/get?arg=${cid}&archive=true` };
  }
  if (gateway !== undefined) return { method: 'GET', url: `${baseOf(gateway, 'ipfs.gateway')}/ipfs/${cid}?format=tar` };
  throw new DownloadError(
    `Cannot fetch ${name}: it is in IPFS, under ${cid}, and no IPFS node is configured. Set the option ipfs to a gateway, for example { gateway: 'http://127.0.0.1:8080' }, or to a node's RPC endpoint, for example { api: 'http://127.0.0.1:5001' }.`,
    { reason: 'not-configured' },
  );
}

function baseOf(address: string, option: string): string {
  const base = httpBase(address);
  if (base !== undefined) return base;
  throw new ConfigurationError(
    `${option} is ${quoteAddress(address)}. Use a URL without a user name and a query, such as http://127.0.0.1:5001.`,
  );
}
