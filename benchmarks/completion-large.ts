/** The waits of completion.ts in stores that are large, in jobs or in bytes. */
process.argv.push('--large');
await import('./completion.ts');

export {};
