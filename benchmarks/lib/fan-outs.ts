import type { FanOutAnswer, FanOutQuestion } from '../contestants/fan-out.ts';
import { contestant } from './contestant.ts';
import { startNetworkWithServerDefaults } from './network.ts';
import { say } from './program.ts';

/** What the capacity of a node of two cores allows of jobs that ask for half a core. */
export const BEST_WINDOW = 3;

interface FanOutSettings {
  /** How long each job sleeps, in seconds. */
  readonly sleepS?: number;
  readonly computeNodes?: number;
}

/**
 * Runs jobs with the server's own defaults: small ones, or such that sleep for some seconds. On a network of its own each
 * time: in one that has run a thousand jobs, lists take longer.
 */
export const fanOut =
  (who: 'map' | 'loop', question: FanOutQuestion, { sleepS, computeNodes = 1 }: FanOutSettings = {}) =>
  async (): Promise<FanOutAnswer> => {
    say(`${who}, ${question.concurrency} at once: ${question.jobs} jobs`);
    await using devnet = await startNetworkWithServerDefaults({ computeNodes });
    const args = [who, devnet.url, devnet.dir, sleepS === undefined ? 'bare' : String(sleepS)];
    const one = contestant<FanOutQuestion, FanOutAnswer>('fan-out.ts', args, ['--expose-gc']);
    try {
      const { thousands, ...answer } = await one.ask(question);
      say(JSON.stringify(answer));
      return { thousands, ...answer };
    } finally {
      await one.stop();
    }
  };
