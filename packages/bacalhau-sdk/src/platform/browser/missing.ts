/** What to do without what this runtime lacks. Only words: the class of the error is loaded already. */
export const missing = {
  trust:
    'Here the runtime checks certificates by itself. Leave the option tls out, and let the browser or the system trust the authority.',
  file: (path: string | URL) =>
    `There is no file ${path} in this runtime, because it has no file system. Give the content instead: bytes, or parseJob(text).`,
  folder:
    'There is no file system in this runtime to download to. Read the results with files(), or download on a server.',
};
