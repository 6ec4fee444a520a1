import fc from 'fast-check';
import { EntryBuffer } from '../../src/logs/buffer.js';
import { parseFrame } from '../../src/logs/frame.js';
import { LineJoiner } from '../../src/logs/lines.js';
import { missingFrom, OutputPrefix } from '../../src/logs/output-prefix.js';

describe('a frame', () => {
  test('is output, an error, or invalid', () => {
    expect(parseFrame('{"value":{"Type":1,"Line":"out\\n"}}\n')).toEqual({
      kind: 'output',
      stream: 'stdout',
      text: 'out\n',
    });
    expect(parseFrame('{"value":{"Type":2,"Line":""}}')).toEqual({ kind: 'output', stream: 'stderr', text: '' });
    const error = '{"error":"job not found: nope","value":{"Type":0,"Line":""}}';
    expect(parseFrame(error)).toEqual({ kind: 'error', message: 'job not found: nope' });
    for (const message of [
      '',
      'null',
      '[]',
      '{}',
      '{"value":{"Type":0,"Line":""}}',
      '{"value":{"Type":1}}',
      '{"value":1}',
    ]) {
      expect(parseFrame(message)).toMatchObject({ kind: 'invalid' });
    }
  });

  test('of any kind does not throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFrame(text)));
    fc.assert(fc.property(fc.json(), (text) => void parseFrame(text)));
    const value = fc.record({ Type: fc.anything(), Line: fc.anything() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.record({ value, error: fc.anything() }, { requiredKeys: [] }), (frame) => {
        void parseFrame(
          JSON.stringify(frame, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)),
        );
      }),
    );
  });

  test('round-trips any output', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2), fc.string({ unit: 'binary' }), (Type, Line) => {
        const stream = Type === 1 ? 'stdout' : 'stderr';
        expect(parseFrame(JSON.stringify({ value: { Type, Line } }))).toEqual({ kind: 'output', stream, text: Line });
      }),
    );
  });
});

describe('lines', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n', '€', '😀') });
  const joined = (chunks: readonly string[], longest?: number): string[] => {
    const joiner = new LineJoiner(longest);
    return [...chunks.flatMap((chunk) => joiner.push(chunk)), ...joiner.end()];
  };

  test('are the same however the text is cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (whole, cuts) => {
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
        const chunks = at.slice(1).map((end, index) => whole.slice(at[index], end));
        const expected = whole.split(/\r?\n/);
        if (expected.at(-1) === '') expected.pop();
        expect(joined(chunks)).toEqual(expected);
      }),
    );
  });

  test('without an end come in pieces, and nothing is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b') })),
        fc.integer({ min: 1, max: 9 }),
        (chunks, longest) => {
          const lines = joined(chunks, longest);
          expect(lines.join('')).toBe(chunks.join(''));
          expect(lines.every((line) => line.length <= longest)).toBe(true);
        },
      ),
    );
  });
});

describe('the buffer', () => {
  test('refuses when it is full and opens again when half is taken', async () => {
    const buffer = new EntryBuffer<number>({ items: 4, units: 100 });
    expect([1, 2, 3, 4, 5].map((item) => buffer.offer(item, 1))).toEqual([true, true, true, true, false]);
    let isOpen = false;
    const room = buffer.room().then(() => {
      isOpen = true;
    });
    expect(await buffer.take(1)).toEqual([1]);
    expect(buffer.offer(6, 1)).toBe(false);
    expect(isOpen).toBe(false);
    expect(await buffer.take(1)).toEqual([2]);
    await room;
    expect(buffer.offer(7, 1)).toBe(true);
    expect(await buffer.take(9)).toEqual([3, 4, 7]);
  });

  test('accepts one item of any size, and delivers its content before a failure', async () => {
    const buffer = new EntryBuffer<string>({ items: 4, units: 10 });
    expect(buffer.offer('huge', 1_000)).toBe(true);
    expect(buffer.offer('small', 1)).toBe(false);
    buffer.end({ error: new Error('broken') });
    await buffer.room();
    expect(await buffer.take(9)).toEqual(['huge']);
    await expect(buffer.take(9)).rejects.toThrow('broken');
  });
});

test('logs: output missing at the end is taken from the execution, if everything before it matches', () => {
  const lacking = (log: string, Stdout: string) => {
    const prefix = new OutputPrefix();
    for (const chunk of log.match(/.{1,700}/gs) ?? []) prefix.add('stdout', chunk);
    const silent = { stderr: '', StderrTruncated: false, ExitCode: 0, ErrorMsg: '' };
    const RunOutput = { Stdout, StdoutTruncated: Stdout.length >= 2_048, ...silent };
    return missingFrom({ ID: 'e-1', RunOutput }, prefix);
  };
  expect(lacking('a\n', 'a\nrest')).toEqual([{ stream: 'stdout', text: 'rest', executionId: 'e-1' }]);
  expect(lacking('', 'rest')).toEqual([{ stream: 'stdout', text: 'rest', executionId: 'e-1' }]);
  expect(lacking('a\nrest', 'a\nrest')).toEqual([]);
  expect(lacking('a\nmore', 'a\n')).toEqual([]);
  expect(lacking('b\n', 'a\nrest')).toEqual([]);
  expect(lacking('x'.repeat(5_000), 'x'.repeat(2_048))).toEqual([]);
  expect(lacking('x'.repeat(2_000), 'x'.repeat(2_048))).toMatchObject([{ text: 'x'.repeat(48), incomplete: true }]);
});
