/** Replaces the host of a URL by the address that `hosts` maps it to; undefined if it has none for it. */
export function reachableUrl(from: string, hosts: Readonly<Record<string, string>>): string | undefined {
  const url = new URL(from);
  const known = [url.host, url.hostname].find((name) => Object.hasOwn(hosts, name));
  const replacement = known === undefined ? undefined : hosts[known];
  if (replacement === undefined) return undefined;
  const to = new URL(replacement.includes('://') ? replacement : `${url.protocol}//${replacement}`);
  // A host without a port keeps the port of the result.
  if (known === url.hostname && to.port === '' && !replacement.includes('://')) to.port = url.port;
  // A relay may serve results below a path of its own.
  to.pathname = `${to.pathname.replace(/\/$/, '')}${url.pathname}`;
  to.search = url.search;
  return to.href;
}
