/** A folder with what differs between systems: order, depth, long names, letters beyond ASCII. */
export const SAMPLE_FOLDER = {
  'b.txt': 'b',
  'a/deep/c.txt': 'c\n',
  'a-b': 'sorts between a and a/',
  'B.txt': 'upper case goes first',
  'ordner/ä.txt': 'äöü ✓',
  [`a/${'long'.repeat(40)}.txt`]: 'a name that needs an extended header',
  empty: '',
} as const;

/** The fingerprint of a job of `docker({ image: 'ubuntu' })` with that folder as its input at `/in`. */
export const SAMPLE_FINGERPRINT = 'a3979210410ff45c92ee01e907e01678a9d581b3e6179ac922c3fa2f3e85e3a5';

/** The SHA-256 of its tar. */
export const SAMPLE_TAR_SHA256 = '20d1676d588422fa6f35d5abcd39dafa8aeffc99a3893dcd7377ceda289d29a0';
