import { csvText } from '../../../idp/platform/base/csv.ts';

describe('a cell that would run', () => {
  test.each(['=1+1', '+86', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =cmd|x', '＝1', '　@x', '\n=1'])(
    '%j is text',
    (cell) => {
      expect(csvText([[cell]])).toBe(`\uFEFF"'${cell}"\r\n`);
    },
  );
});

test('quotes, commas and lines stay inside their cell', () => {
  expect(csvText([['a"b', 'c,d', 'e\nf', 'g'], ['']])).toBe('\uFEFF"a""b","c,d","e\nf",g\r\n\r\n');
});
