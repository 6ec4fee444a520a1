import type { InputSource, Job } from 'bacalhau-apiclient';
import { quoteName } from '../model/index.js';

/** The calls of S3 with which nodes read inputs, as their messages name them: others publish results. */
const S3_READ = /operation error S3: (?:HeadObject|ListObjectsV2|GetObject)\b/;

/** How many inputs a text names. */
const MOST_NAMED = 3;

/**
 * Explains that a node could not read an input, if its message says so: which input that was, and that neither the
 * credentials nor the network of this program count there. Nodes do not name the input (1.9.3), but its URL, its content id,
 * or the call of S3.
 */
export function unreadInput({ Tasks }: Job, nodeId: string, message: string): string | undefined {
  const inputs = Tasks.flatMap(({ InputSources }) => InputSources ?? []);
  const unread = inputs.flatMap((input) => {
    const place = placeIn(message, input);
    return place === undefined ? [] : [`${quoteName(pathOf(input))} (${quoteName(place).slice(1, -1)})`];
  });
  if (unread.length === 0) return undefined;
  const named = unread.slice(0, MOST_NAMED).join(', ') + (unread.length > MOST_NAMED ? ', …' : '');
  const which = unread.length === 1 ? `the input ${named}` : `one of the inputs ${named}`;
  const permissions = S3_READ.test(message) ? ' They need s3:ListBucket and s3:GetObject.' : '';
  return `Node ${quoteName(nodeId).slice(1, -1)} could not read ${which}. It reads from its own network and with its own credentials, not with those of this program.${permissions}`;
}

/** Returns where an input is, if it is one that the message can be about. */
function placeIn(message: string, { Source: { Type, Params } }: InputSource): string | undefined {
  const text = (name: string): string => String(Params?.[name] ?? '');
  const isNamed = (name: string): boolean => text(name) !== '' && message.includes(text(name));
  switch (Type?.toLowerCase()) {
    case 's3':
      return S3_READ.test(message) ? `s3://${text('Bucket')}/${text('Key')}` : undefined;
    case 'urldownload':
      // A query may be a signature.
      return isNamed('URL') ? text('URL').replace(/\?.*$/s, '') : undefined;
    case 'ipfs':
      return isNamed('CID') ? `ipfs://${text('CID')}` : undefined;
    default:
      return undefined;
  }
}

/** A file that is served has its name twice, in the target and in the URL. */
const pathOf = ({ Target }: InputSource): string => Target.replace(/\/\.\.$/, '');
