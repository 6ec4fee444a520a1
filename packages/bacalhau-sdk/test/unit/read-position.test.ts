import fc from 'fast-check';
import { ReadPosition } from '../../src/logs/read-position.js';

const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r') }));

test('what was read and what comes after its place are the text, however both are cut', () => {
  fc.assert(
    fc.property(pieces, pieces, fc.array(fc.nat(20)), (before, rest, cuts) => {
      const place = new ReadPosition();
      for (const piece of before) place.pass(piece);
      const whole = [...before, ...rest].join('');
      const after = place.after();
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

test('characters that were cut in two in one of the copies do not move the place, but in a line that has not ended', () => {
  const place = new ReadPosition();
  place.pass('on\uFFFD\uFFFD\ntwo\nthr');
  expect(place.after()('oné\ntwo\nthree\n')).toBe('ee\n');
});
