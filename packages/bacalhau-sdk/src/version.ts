/** The version of this package. Generated from package.json by scripts/write-version.mjs. */
export const VERSION: string = '0.1.0';
