/** A person with a browser who confirms a login: follows links, keeps cookies, fills in forms and sends them. */
export async function confirmInBrowser(address: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = new URL(address);
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body && { method: 'POST', body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name === undefined || value === undefined) continue;
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    body = undefined;
    if (location !== null) {
      url = new URL(location, url);
      continue;
    }
    const page = await response.text();
    const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page);
    if (form === null) return page;
    const [, action = '', fields = ''] = form;
    body = new URLSearchParams();
    for (const [input] of fields.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      const value = /value="([^"]*)"/.exec(input)?.[1];
      if (name !== undefined) body.set(name, value ?? 'ada');
    }
    const button = /<button[^>]*name="([^"]*)"[^>]*value="([^"]*)"/.exec(fields);
    if (button?.[1] !== undefined) body.set(button[1], button[2] ?? '');
    url = new URL(action.replaceAll('&amp;', '&'), url);
  }
  throw new Error('The login has no end.');
}
