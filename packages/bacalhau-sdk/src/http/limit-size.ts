import axios, { type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

/**
 * Sends a request whose response may have so many bytes, unpacked. With `XMLHttpRequest` axios reads all of it, so the
 * connection is closed here when too much has arrived.
 */
export async function sendWithinSize(
  config: InternalAxiosRequestConfig,
  maxBytes: number,
  close: () => void,
  send: (config: InternalAxiosRequestConfig) => Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  config.maxContentLength = maxBytes;
  if (!('XMLHttpRequest' in globalThis)) return send(config);
  let isTooLarge = false;
  config.onDownloadProgress = ({ loaded }) => {
    if (loaded <= maxBytes) return;
    isTooLarge = true;
    close();
  };
  try {
    const response = await send(config);
    isTooLarge ||= typeof response.data === 'string' && response.data.length > maxBytes;
    if (!isTooLarge) return response;
  } catch (error) {
    if (!isTooLarge) throw error;
  }
  // Else axios would report an abort instead of what follows.
  delete config.signal;
  // In the words of axios's other adapters.
  throw new axios.AxiosError(`maxContentLength size of ${maxBytes} exceeded`, axios.AxiosError.ERR_BAD_RESPONSE);
}
