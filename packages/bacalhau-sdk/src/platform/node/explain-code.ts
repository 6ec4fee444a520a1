import type { Unsent } from '../platform.js';
import { isTlsCode } from '../tls-code.js';

/** With these codes, and those of TLS, the request never left this machine. */
export function explainCode(code: string, baseUrl: string, message: string): Unsent | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return {
        words: `nothing listens at ${baseUrl}. Start an orchestrator there, for example with npx bacalhau-devnet, or set BACALHAU_API_HOST and BACALHAU_API_PORT.`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { words: `the host of ${baseUrl} cannot be found. Check BACALHAU_API_HOST, or the option host.` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { words: `${baseUrl} cannot be reached from this machine. Check the network and the address.` };
    case 'ENETDOWN':
      return { words: undefined };
    case 'ERR_PROXY_REFUSED':
      return {
        words: `${message}, and opened no tunnel to ${baseUrl}. Check HTTPS_PROXY or HTTP_PROXY, the password in it, and NO_PROXY.`,
      };
    case 'EPROTO':
      return { words: `${baseUrl} does not speak TLS. Use http, or unset BACALHAU_HTTPS.` };
    default:
      if (!isTlsCode(code)) return undefined;
      return {
        words: `the certificate of ${baseUrl} is not trusted (${code}). Give its authority: set BACALHAU_API_TLS_CAFILE, or the option tls.`,
      };
  }
}
