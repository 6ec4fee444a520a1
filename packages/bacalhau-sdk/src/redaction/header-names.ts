const HARMLESS =
  /^(accept(-encoding|-language)?|user-agent|content-(type|length|encoding)|cache-control|host|origin|range|if-range|x-request-id|x-correlation-id|traceparent|x-forwarded-(proto|host|port))$/i;

/**
 * Returns whether a header that an application adds holds no secret. Only a few do not for certain: a gateway may take any
 * other one for a credential.
 */
export const isHarmlessName = (name: string): boolean => HARMLESS.test(name);

/** Returns whether a header that a server sent, or that this package adds, has a secret value. */
export const isSecretName = (name: string): boolean =>
  /auth|cookie|token|secret|password|credential|api-?key|signature/i.test(name);
