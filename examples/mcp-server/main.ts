// Lets an AI agent run jobs within a policy, over standard input and output: main.ts [--image NAME …]
import { parseArgs } from 'node:util';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { Bacalhau } from 'bacalhau-sdk';
import { POLICY } from './policy.ts';
import { createServer } from './server.ts';

const { values } = parseArgs({ options: { image: { type: 'string', multiple: true, default: [...POLICY.images] } } });

// Reads credentials and address from the environment: the agent never sees them.
const bacalhau = new Bacalhau();
const server = createServer(bacalhau, { ...POLICY, images: values.image });
server.server.onclose = () => void bacalhau.close();
process.stdin.once('end', () => void server.close());
await server.connect(new StdioServerTransport());
console.error(`Running jobs on ${bacalhau.baseUrl}; images: ${values.image.join(', ')}`);
