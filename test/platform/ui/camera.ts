// A camera for the tests: reads the address out of the drawing on a page (ISO/IEC 18004, versions 2 to 6, level M). It
// looks at modules alone, as a phone does. The drawing is without errors, so nothing is corrected.

type Modules = readonly (readonly boolean[])[];

/** The black modules of the drawing, without its white border. */
function modulesOf(html: string): Modules {
  const [, whole] = /viewBox="0 0 (\d+) \1" role="img"/.exec(html) ?? [];
  const [, path] = /d="([^"]*)" fill="#000"/.exec(html) ?? [];
  if (whole === undefined || path === undefined) throw new Error('no QR code on this page');
  const size = Number(whole) - 8;
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
    for (let step = 0; step < Number(run); step += 1) rows[Number(y) - 4]![Number(x) - 4 + step] = true;
  return rows;
}

const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** Corners with their format bits, timing lines, the one alignment square: whatever is no message. */
function isFixed(size: number, row: number, column: number): boolean {
  const far = size - 8;
  const corner = (row < 9 && column < 9) || (row < 9 && column >= far) || (row >= far && column < 9);
  const middle = size - 7;
  const alignment = Math.abs(row - middle) <= 2 && Math.abs(column - middle) <= 2;
  return corner || alignment || row === 6 || column === 6;
}

/** The code words in the order in which they are laid: two columns at a time, up and down, from the right. */
function wordsOf(modules: Modules): readonly number[] {
  const size = modules.length;
  // Format bits 10 to 12, the mask, stand beside the first corner under a mask of their own (101).
  const at = (column: number): number => (modules[8]?.[column] === true ? 1 : 0);
  const mask = MASKS[((at(2) << 2) | (at(3) << 1) | at(4)) ^ 0b101]!;
  const bits: boolean[] = [];
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1])
        if (!isFixed(size, row, column)) bits.push((modules[row]?.[column] === true) !== mask(row, column));
    }
    up = !up;
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, word) =>
    bits.slice(word * 8, word * 8 + 8).reduce((value, bit) => value * 2 + (bit ? 1 : 0), 0),
  );
}

/** Version -> how many blocks its message words are dealt out to, and how many each gets (level M, all alike). */
const BLOCKS: Readonly<Record<number, readonly [blocks: number, words: number]>> = {
  2: [1, 28],
  3: [1, 44],
  4: [2, 32],
  5: [2, 43],
  6: [4, 27],
};

/** The address that a camera finds on this page. */
export function scanned(html: string): string {
  const modules = modulesOf(html);
  const version = (modules.length - 17) / 4;
  const [blocks, each] = BLOCKS[version] ?? [];
  if (blocks === undefined || each === undefined) throw new Error(`no table for version ${version}`);
  const words = wordsOf(modules);
  const message = Buffer.from(
    Array.from({ length: blocks }, (_, block) =>
      Array.from({ length: each }, (__, word) => words[word * blocks + block] ?? 0),
    ).flat(),
  ).toString('hex');
  // Four bits of mode (0100: bytes), eight of length, then the text.
  if (!message.startsWith('4')) throw new Error(`mode ${message[0]}`);
  const length = Number.parseInt(message.slice(1, 3), 16);
  return Buffer.from(message.slice(3, 3 + length * 2), 'hex').toString('utf8');
}
