// app/actions.ts
'use server';

import { Bacalhau, type JobSpec, wasm } from 'bacalhau-sdk';

const bacalhau = new Bacalhau();

/** Submits the module of a form, and returns the id of its job. An action is an address that everyone may call: check the user. */
export async function runModule(form: FormData): Promise<string> {
  const module = form.get('module');
  if (!(module instanceof File) || module.size > 500_000) throw new Error('Choose a module of at most 500 kB.');
  const spec: JobSpec = wasm({
    module: new Uint8Array(await module.arrayBuffer()),
    timeouts: { executionSeconds: 60 },
  });
  const { id } = await bacalhau.jobs.submit(spec);
  return id;
}
