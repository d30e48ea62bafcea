// A QR code as a drawing inside the page: nothing to load, nothing inline that a strict policy would block.
import type { ComponentChildren, VNode } from 'preact';
import { encode } from 'uqr';

/** ISO/IEC 18004: four modules of white on every side, or cameras do not find the code. */
const MARGIN = 4;

interface QrCodeProps {
  /** What a camera reads: an address, at most some 2,300 bytes; beyond that it throws. */
  readonly text: string;
  /** What a screen reader says instead, in the language of the page. */
  readonly label: string;
  /** What stands beside it: a number to pick, how long it holds. */
  readonly children?: ComponentChildren;
}

/**
 * Black on white in every theme: cameras do not read it the other way round, so it brings its own colours instead of
 * those of the page.
 */
export function QrCode({ text, label, children }: QrCodeProps): VNode {
  const { data, size } = encode(text, { ecc: 'M', border: MARGIN });
  return (
    <div class="qr">
      <div class="code">
        <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
          <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
          <path d={data.map(rowOf).join('')} fill="#000" />
        </svg>
      </div>
      {children}
    </div>
  );
}

/** Each run of black modules in a row is one rectangle: a third of the size of one for each module. */
function rowOf(row: readonly boolean[], y: number): string {
  const line = row.map((black) => (black ? '1' : '0')).join('');
  return [...line.matchAll(/1+/g)]
    .map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`)
    .join('');
}
