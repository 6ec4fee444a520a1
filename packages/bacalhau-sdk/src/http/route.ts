import type { Route } from '../platform/index.js';

/** Finds how a URL is reached, with the client's proxy and certificate authorities. */
export type FindRoute = (url: URL, options?: { readonly upgrade?: boolean }) => Promise<Route>;

/** What knows how URLs are reached. */
export interface Router {
  readonly route: FindRoute;
}

/** Returns the settings of axios for a route. Its own reading of proxies from the environment is always off. */
export function axiosRoute({ agent, forwardProxy }: Route): object {
  return { ...(agent && { httpAgent: agent, httpsAgent: agent }), proxy: forwardProxy ?? false };
}
