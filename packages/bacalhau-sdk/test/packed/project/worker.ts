// A Cloudflare Worker.
import { work } from './edge.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await work(await request.json()));
  },
};
