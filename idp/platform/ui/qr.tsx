// A QR code as part of the page: no script, no image to fetch, no style that the content security policy would block.
import type { VNode } from 'preact';
import { encode } from 'uqr';

/** Light modules around the code that a reader needs (ISO/IEC 18004 clause 6.3.8). */
const MARGIN = 4;

interface QrProps {
  /** What is read from it. */
  readonly text: string;
  /** What a screen reader says in its place. */
  readonly label: string;
}

/** Black on white in every theme: readers do not find inverted codes. */
export function QrCode({ text, label }: QrProps): VNode {
  const { data, size } = encode(text, { ecc: 'M', border: MARGIN });
  return (
    <div class="qr">
      <div class="code">
        <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
          <path d={pathOf(data)} fill="#000" />
        </svg>
      </div>
    </div>
  );
}

/** One rectangle for each run of dark modules in a row. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      const start = x;
      while (row[x] === true) x += 1;
      if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
    }
  });
  return path;
}
