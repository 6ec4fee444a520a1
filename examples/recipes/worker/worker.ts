import { Bacalhau } from 'bacalhau-sdk';

interface Env {
  readonly BACALHAU_URL: string;
  readonly BACALHAU_API_KEY: string;
}

export default {
  /** Returns a file of a job: /JOB/PATH. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const [id = '', ...path] = new URL(request.url).pathname.slice(1).split('/');
    // One for each request: Workers refuse to use a connection of another one.
    const bacalhau = new Bacalhau({ baseUrl: env.BACALHAU_URL, auth: { apiKey: env.BACALHAU_API_KEY } });
    const file = await bacalhau.jobs.handle(id).file(path.join('/'));
    return new Response(file.stream(), { headers: { 'content-type': 'application/octet-stream' } });
  },
};
