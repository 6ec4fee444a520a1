// A function of Vercel's and Next's edge runtime.
import { work } from './edge.ts';

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
declare function addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;

addEventListener('fetch', (event) => {
  event.respondWith(event.request.json().then(work).then(Response.json));
});
