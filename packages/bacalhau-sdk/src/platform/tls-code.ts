/** Returns whether a system's code is about a certificate or about TLS itself. */
export const isTlsCode = (code: string): boolean =>
  /^(ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|ERR_SSL)/.test(code);
