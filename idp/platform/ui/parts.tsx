// Small pieces of pages: icons, notices, numbered ways out, lists of facts.
import type { ComponentChildren, VNode } from 'preact';

const PATHS = {
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  clock: ['M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18', 'M12 7v5.2l3.2 2'],
  counter: [
    'M12 21.5s7-6.3 7-11.7a7 7 0 0 0-14 0c0 5.4 7 11.7 7 11.7z',
    'M12 7.3a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5',
  ],
  fingerprint: [
    'M5 15.5c.7-1.2 1-2.7 1-4.5a6 6 0 0 1 12 0c0 2.3-.1 4-.6 6',
    'M8.2 19c.9-1.8 1.3-3.7 1.3-6v-2a2.5 2.5 0 0 1 5 0v1.5c0 2.7-.4 5-1.5 7.5',
    'M12 11.5v1.5c0 1.8-.2 3.2-.6 4.5',
    'M4 9.5a8.3 8.3 0 0 1 16 0',
  ],
  inform: ['M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18', 'M12 11v5.5M12 7.5v.01'],
  lock: [
    'M6.5 10.5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2z',
    'M8 10.5V8a4 4 0 0 1 8 0v2.5',
  ],
  phone: [
    'M5 4h3.5l1.8 4.6-2.2 1.6a12 12 0 0 0 5.7 5.7l1.6-2.2L20 15.5V19a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 3 6.2 2 2 0 0 1 5 4z',
  ],
  question: [
    'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
    'M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.7.4-1.1.9-1.1 1.7M12 17v.01',
  ],
  shield: ['M12 3l7.5 2.8v5.4c0 4.8-3.2 8.2-7.5 9.8-4.3-1.6-7.5-5-7.5-9.8V5.8z', 'M8.5 12l2.5 2.5 4.5-4.5'],
  warning: ['M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18', 'M12 7.5V13M12 16.5v.01'],
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: the word beside it says the same. */
export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {PATHS[name].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

/** The mark: an open door, a street turning through it. */
export function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M3 30V15a13 13 0 0 1 26 0h-8a5 5 0 0 0-10 0v15z" />
      <path d="M14 30v-3a9 9 0 0 1 9-9h6v12z" />
    </svg>
  );
}

/** The picture above the heading of a result page. */
export function Disc({ icon, tone = 'ok' }: { icon: IconName; tone?: 'ok' | 'warn' | 'brand' }): VNode {
  const tones = { ok: 'disc', warn: 'disc warn', brand: 'disc brand-disc' };
  return (
    <span class={tones[tone]}>
      <Icon name={icon} />
    </span>
  );
}

interface NoticeProps {
  readonly tone?: 'info' | 'success' | 'warning';
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function Notice({ tone = 'info', title, children }: NoticeProps): VNode {
  const icon = ({ info: 'inform', success: 'check', warning: 'warning' } as const)[tone];
  return (
    <div class={tone === 'info' ? 'notice' : `notice ${tone}`}>
      <Icon name={icon} />
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </div>
  );
}

/** Numbered ways out, the first choice first. Children are <li>. */
export function Steps({ children }: { children: ComponentChildren }): VNode {
  return <ol class="steps">{children}</ol>;
}

export function Bullets({ children }: { children: ComponentChildren }): VNode {
  return <ul class="bullets">{children}</ul>;
}

export function Tag({ tone, children }: { tone?: 'ok' | 'warn'; children: ComponentChildren }): VNode {
  return (
    <span class={tone === undefined ? 'tag' : `tag ${tone}`}>
      {tone === 'ok' && <Icon name="check" />}
      {children}
    </span>
  );
}

export interface SummaryRow {
  readonly term: string;
  readonly value: ComponentChildren;
  readonly action?: { readonly href: string; readonly label: string };
}

export function Summary({ rows }: { rows: readonly SummaryRow[] }): VNode {
  return (
    <dl class="summary">
      {rows.map(({ term, value, action }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class="num">{value}</dd>
          {action && (
            <dd class="act">
              <a href={action.href}>
                {action.label}
                <span class="vh">{term}</span>
              </a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

export function Details({ summary, children }: { summary: string; children: ComponentChildren }): VNode {
  return (
    <details class="details">
      <summary>{summary}</summary>
      <div class="body">{children}</div>
    </details>
  );
}

interface TimerProps {
  readonly seconds: number;
  /** With `{seconds}` in it: the script puts what is left there, each second, and goes silent at zero. */
  readonly text: string;
}

/** Counts down where there is a script; without one it says how long it was when the page was made. */
export function Timer({ seconds, text }: TimerProps): VNode {
  return (
    <span class="hint num" role="timer" data-seconds={seconds} data-text={text}>
      {text.replace('{seconds}', String(seconds))}
    </span>
  );
}
