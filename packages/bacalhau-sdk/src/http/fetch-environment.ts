/**
 * Returns the settings of axios for `fetch`. With a `fetch` of its own, axios tries out streams at the first request and not
 * when it is loaded, where workerd forbids that. Without `Request`, bodies go to `fetch` as they are, with their length;
 * Next's edge runtime sends those of a `Request` chunked, which servers refuse.
 *
 * Call it when a module is loaded: axios keeps an adapter for each.
 */
export function fetchEnvironment({ cookies }: { readonly cookies: boolean }): object {
  const send = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    fetch(url, { ...init, ...(!cookies && 'credentials' in Request.prototype && { credentials: 'omit' as const }) });
  return { env: { Request: null, fetch: send } };
}
