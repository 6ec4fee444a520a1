import type { Unsent } from '../platform.js';
import { isTlsCode } from '../tls-code.js';

/** Explains codes that mean that the request never left this machine, among them those of TLS. */
export function explainCode(code: string, baseUrl: string, message: string): Unsent | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return {
        explanation: `nothing listens at ${baseUrl}. Start an orchestrator there, for example with npx bacalhau-devnet, or set BACALHAU_API_HOST and BACALHAU_API_PORT.`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { explanation: `the host of ${baseUrl} cannot be found. Check BACALHAU_API_HOST, or the option host.` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { explanation: `${baseUrl} cannot be reached from this machine. Check the network and the address.` };
    case 'ENETDOWN':
      return { explanation: undefined };
    case 'ERR_PROXY_UNREACHABLE':
      return {
        explanation: `${message}, so ${baseUrl} was not asked. Check HTTPS_PROXY or HTTP_PROXY, NO_PROXY, and the option proxy.`,
      };
    case 'ERR_PROXY_REFUSED':
      return {
        explanation: `${message}, and did not connect to ${baseUrl}. Check HTTPS_PROXY or HTTP_PROXY, the password in it, and NO_PROXY.`,
      };
    case 'EPROTO':
      return { explanation: `${baseUrl} does not speak TLS. Use http, or unset BACALHAU_HTTPS.` };
    default:
      if (!isTlsCode(code)) return undefined;
      return {
        explanation: `the certificate of ${baseUrl} is not trusted (${code}). Set BACALHAU_API_TLS_CAFILE, or the option tls, to its certificate authority.`,
      };
  }
}
