import fc from 'fast-check';
import { ReadPosition } from '../../src/logs/read-position.js';

const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r') }));

test('a skipper returns what is unread, however both copies are split', () => {
  fc.assert(
    fc.property(pieces, pieces, fc.array(fc.nat(20)), (before, rest, cuts) => {
      const position = new ReadPosition();
      for (const piece of before) position.advance(piece);
      const whole = [...before, ...rest].join('');
      const after = position.skipper();
      let at = 0;
      let read = '';
      for (const size of [...cuts, whole.length]) {
        read += after(whole.slice(at, at + size));
        at += size;
      }
      expect(read).toBe(rest.join(''));
    }),
  );
});

test('a character that was split in one of the copies moves the position in an unfinished line only', () => {
  const position = new ReadPosition();
  position.advance('on\uFFFD\uFFFD\ntwo\nthr');
  expect(position.skipper()('oné\ntwo\nthree\n')).toBe('ee\n');
});
