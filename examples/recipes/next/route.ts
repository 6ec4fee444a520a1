// app/jobs/[id]/events/route.ts
import { Bacalhau } from 'bacalhau-sdk';
import { eventsOf } from '../events.ts';

const bacalhau = new Bacalhau(); // BACALHAU_API_HOST, BACALHAU_API_KEY, … of the server

/** Streams the output of a job. Next aborts the signal when the browser has gone. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const job = bacalhau.jobs.handle((await params).id);
  const events = ReadableStream.from(eventsOf(job, request.signal)).pipeThrough(new TextEncoderStream());
  return new Response(events, { headers: { 'content-type': 'text/event-stream' } });
}
