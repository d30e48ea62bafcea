// One page of a flow. Sign-in, account, factors and proofing are all made of steps; the host (signin/signin.ts)
// draws the frame around them and decides, alone, which step comes next.
import type { VNode } from 'preact';
import type { Locale } from '../i18n/messages.ts';
import type { Json } from '../store/ephemeral.ts';

export interface StepContext<State> {
  /** What this step needs to know; typed by the step. */
  readonly state: State;
  /** What this step remembered of its earlier screens in this flow, or undefined on its first. */
  readonly scratch: Json | undefined;
  readonly locale: Locale;
  /** Binds one-time codes and challenges to this flow in this browser. Not a secret, never shown. */
  readonly flow: string;
  /** The caller's address, for limits. */
  readonly address: string;
  /** The value that this device kept from an earlier sign-in, to any account; undefined on a device never seen. */
  readonly device: string | undefined;
  /** What the browser says of itself (User-Agent); absent when it says nothing. Shown to its owner, never trusted. */
  readonly agent?: string;
  /** The service that asks, by its name in this language; undefined in the account centre. */
  readonly service: string | undefined;
  readonly now: Date;
  /** Absolute address of the page this step is on: where a citizen who goes on elsewhere comes back. */
  readonly here: string;
}

/** A complaint about one field (`name` attribute), or about the form as a whole when `field` is undefined. */
export interface Problem {
  readonly field: string | undefined;
  readonly text: string;
}

export interface Screen {
  /** Text of <title> and, unless the body brings one, nothing else. */
  readonly title: string;
  /**
   * The content of <main>, from the <h1> on. The frame brings language switch, service strip, help and footer, and
   * draws the error summary above.
   */
  body(frame: Frame): VNode;
  /** Where 返回 leads, as a query or path inside the flow; undefined: no back link. */
  readonly back?: string;
  /** HTTP status; 200 unless stated, 422 when there are problems. */
  readonly status?: number;
}

export interface Frame {
  readonly locale: Locale;
  /** `action` of the step's form. */
  readonly action: string;
  /** Hidden inputs that every form must carry (CSRF token, step id). */
  readonly hidden: VNode;
  readonly problems: readonly Problem[];
  /** What was typed and did not pass; never passwords or codes. */
  readonly values: Readonly<Record<string, string>>;
  /** What the host puts right under the heading (the ways to sign in); undefined elsewhere. */
  readonly lead?: VNode | undefined;
  /** What the host puts beside the primary button (register); undefined elsewhere. */
  readonly beside?: VNode | undefined;
  /** What the host puts into the form itself, before its button (trust this device); undefined elsewhere. */
  readonly within?: VNode | undefined;
  /** A link inside the flow: `link({ way: 'code' })`. */
  link(query: Readonly<Record<string, string>>): string;
}

export type Submitted<Done> =
  | { readonly is: 'done'; readonly value: Done }
  /** The step goes on with another screen of its own; `scratch` is kept for it. */
  | { readonly is: 'next'; readonly scratch: Json }
  /** The same screen again, with complaints. Values are shown again except for fields named in `forget`. */
  | {
      readonly is: 'again';
      readonly problems: readonly Problem[];
      readonly forget?: readonly string[];
      readonly scratch?: Json;
    };

/** A form as parsed at the edge: every field once, strings only. */
export type Form = Readonly<Record<string, string>>;

export interface Step<State, Done> {
  /** Last path segment of the form's address; unique within a flow. */
  readonly id: string;
  show(context: StepContext<State>): Promise<Screen>;
  /** Throws Fault for refusals that have a page of their own (locked, too_many, unavailable). */
  submit(context: StepContext<State>, form: Form): Promise<Submitted<Done>>;
}
