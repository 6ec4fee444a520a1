/** Finds the reason in a response: S3 sends XML, IPFS nodes JSON, proxies HTML. */
export function reasonIn(body: string): string | undefined {
  const code = /<Code>([^<]{1,200})<\/Code>/.exec(body)?.[1];
  const message = /<Message>([^<]{1,300})<\/Message>/.exec(body)?.[1] ?? /"Message":\s*"([^"]{1,300})"/.exec(body)?.[1];
  if (code !== undefined || message !== undefined) return [code, message].filter(Boolean).join(': ');
  const text = body.trim();
  return text === '' || text.startsWith('<') ? undefined : text.split('\n', 1)[0]?.slice(0, 200);
}
