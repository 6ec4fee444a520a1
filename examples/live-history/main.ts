// Prints the events of a job as they happen.
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { helloModule } from '../lib/hello-module.ts';

await using bacalhau = new Bacalhau();

const job = await bacalhau.jobs.submit(wasm({ module: await helloModule('Hello') }));
for await (const { Time, Type, Event } of job.history({ follow: true, eventType: 'all' })) {
  const who = Type === 'JobLevel' ? 'job' : 'execution';
  console.log(`${new Date(Time).toISOString()}  ${who.padEnd(9)}  ${Event.Topic.padEnd(14)}  ${Event.Message}`);
}
