// Pictures of the console. Every status has a shape of its own and a word beside it: colour alone says nothing.
import type { ComponentChildren, VNode } from 'preact';

/** `f`: filled, `k`: cut out of what is filled, `kf`: both. */
interface Shape {
  readonly class?: 'f' | 'k' | 'kf';
  readonly d: string;
}

const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const line = (d: string): Shape => ({ d });

const SHAPES = {
  queue: [line('M2 9.5 4 3h8l2 6.5V13H2z'), line('M2 9.5h3.5l1 1.8h3l1-1.8H14')],
  clients: [line('M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM8.9 8.9h4.6v4.6H8.9z')],
  units: [line('M6 2h4v3.4H6zM1.8 10.6h4V14h-4zM10.2 10.6h4V14h-4zM8 5.4v2.6M3.8 10.6V8h8.4v2.6')],
  operators: [line(circle(8, 5.2, 2.9)), line('M2.4 14.2c.5-3.2 2.7-4.7 5.6-4.7s5.1 1.5 5.6 4.7')],
  audit: [line('M3 2h7.5L13 4.5V14H3z'), line('M5.5 6.5h5M5.5 9h5M5.5 11.5h3')],
  system: [line('M2 13.5V8.7M6 13.5V3M10 13.5V6.4M14 13.5V10')],
  support: [
    line(circle(8, 8, 6.5)),
    line('M6.1 6.3a1.9 1.9 0 1 1 2.8 1.7c-.6.3-.9.7-.9 1.3'),
    { class: 'f', d: circle(8, 11.4, 0.9) },
  ],
  portal: [line('M5 4 1.5 8 5 12M11 4l3.5 4L11 12M9.2 2.8 6.8 13.2')],
  leave: [line('M5.8 3 2.3 6.5 5.8 10'), line('M2.5 6.5h7.3a3.6 3.6 0 0 1 0 7.2H6.5')],
  search: [line(circle(7, 7, 4.6)), line('m10.5 10.5 3.7 3.7')],
  add: [line('M8 3v10M3 8h10')],
  ok: [
    { class: 'f', d: circle(8, 8, 7) },
    { class: 'k', d: 'M4.8 8.2 7 10.4l4.2-4.7' },
  ],
  bad: [
    { class: 'f', d: 'M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z' },
    { class: 'k', d: 'm5.5 5.5 5 5m0-5-5 5' },
  ],
  warn: [
    { class: 'f', d: 'M8 .9 15.6 14.6H.4z' },
    { class: 'k', d: 'M8 6v4' },
    { class: 'kf', d: circle(8, 12.3, 1) },
  ],
  wait: [line(circle(8, 8, 6.5)), line('M8 4.4V8l2.5 1.7')],
  off: [line(circle(8, 8, 6.5)), line('M4.8 8h6.4')],
  live: [{ class: 'f', d: circle(8, 8, 3.1) }, line(circle(8, 8, 6.3))],
} as const satisfies Readonly<Record<string, readonly Shape[]>>;

export type IconName = keyof typeof SHAPES;

/** Decoration only: the word beside it says the same. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  const shapes: readonly Shape[] = SHAPES[name];
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      {shapes.map((shape) => (
        <path key={shape.d} class={shape.class} d={shape.d} />
      ))}
    </svg>
  );
}

export type Tone = 'ok' | 'bad' | 'warn' | 'wait' | 'off' | 'live';

/** A state: shape and word. `pill`: in a heading. */
export function Status({
  is,
  pill = false,
  children,
}: {
  readonly is: Tone;
  readonly pill?: boolean;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <span class={`st ${is}${pill ? ' pill' : ''}`}>
      <Icon name={is} />
      {children}
    </span>
  );
}

/** What everybody on the page should know first. */
export function Note({
  is,
  children,
}: {
  readonly is: 'info' | 'ok' | 'warn' | 'bad';
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div class={is === 'info' ? 'note' : `note ${is}`}>
      <Icon name={is === 'info' ? 'support' : is} />
      <div>{children}</div>
    </div>
  );
}
