/** Ends all networks, of which jest may have started several, and reports what disagreed with the document. */
export default async function tearDown(): Promise<void> {
  const ended = await Promise.allSettled((globalThis.testNetworks ?? []).map((end) => end()));
  const reasons = ended.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (reasons.length > 0) throw new Error(reasons.join('\n'));
}
