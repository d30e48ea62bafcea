// What an officer at a made-up counter sees. Chinese and English side by side; these pages are no citizen's.
import type { ComponentChildren, VNode } from 'preact';
import { PERSONAS } from '../../personas.ts';
import type { DeskAnswer } from './desk.ts';

/** What the officer states, `name` attribute first; `chip_read` and `face_compared` are ticked to begin with. */
export const FACTS = [
  ['chip_read', '已读取芯片 · Chip read'],
  ['face_compared', '已比对面容 · Face compared'],
  ['document_expired', '证件已过期 · Document expired'],
  ['reported_lost', '证件已挂失 · Reported lost'],
  ['deceased', '本人已去世 · The person has died'],
] as const;

const TICKED: ReadonlySet<string> = new Set(['chip_read', 'face_compared']);

const REASONS = [
  ['face_differs', '面容不符 · The face differs'],
  ['document_doubtful', '证件存疑 · The document is doubtful'],
  ['entries_wrong', '填写有误 · The entries are wrong'],
  ['guardian_doubtful', '监护关系存疑 · The guardian is doubtful'],
] as const;

export function ticketPage(): VNode {
  return (
    <>
      <h1>柜台终端 · Counter terminal</h1>
      <p>办事人的办理编号，如 1A2B-3C4D-5E6F。The citizen's case number, such as 1A2B-3C4D-5E6F.</p>
      <Posting to="/lookup" submit="查询 · Look up">
        <div class="field">
          <label for="ticket">办理编号 · Ticket</label>
          <input id="ticket" name="ticket" autocomplete="off" autocapitalize="characters" />
        </div>
      </Posting>
    </>
  );
}

export function casePage(ticket: string, found: DeskAnswer): VNode {
  return (
    <>
      <h1>查到的申请 · The case</h1>
      <Told answer={found} />
      {found.status === 200 && found.body['state'] === 'open' && found.body['submission'] === null ? (
        <ScanForm ticket={ticket} />
      ) : undefined}
      <Decision submission={waitingIn(found.body['submission'])} />
      <Back />
    </>
  );
}

/** The identifier of a submission that waits for the second officer. */
function waitingIn(submission: unknown): string | undefined {
  if (typeof submission !== 'object' || submission === null) return undefined;
  const { id, state } = submission as { readonly id?: unknown; readonly state?: unknown };
  return state === 'submitted' && typeof id === 'string' ? id : undefined;
}

function ScanForm({ ticket }: { readonly ticket: string }): VNode {
  return (
    <Posting to="/submission" submit="提交 · Submit">
      <h2>扫描证件（一号工作人员）· Scan a document (first officer)</h2>
      <input type="hidden" name="ticket" value={ticket} />
      <Persona id="persona" label="放上读卡器的证件 · Whose document lies on the reader" />
      {FACTS.map(([name, label]) => (
        <Tick key={name} name={name} label={label} ticked={TICKED.has(name)} />
      ))}
      <Tick name="guardian" label="监护人在场 · A guardian is present" ticked={false} />
    </Posting>
  );
}

function Persona({ id, label }: { readonly id: string; readonly label: string }): VNode {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name="persona">
        {PERSONAS.map((persona) => (
          <option key={persona.id} value={persona.id}>{`${persona.name} (${persona.id})`}</option>
        ))}
      </select>
    </div>
  );
}

interface TickProps {
  readonly name: string;
  readonly label: string;
  readonly ticked: boolean;
}

function Tick({ name, label, ticked }: TickProps): VNode {
  return (
    <div class="choice">
      <input type="checkbox" id={name} name={name} value="yes" checked={ticked} />
      <label for={name}>{label}</label>
    </div>
  );
}

export function submittedPage(answer: DeskAnswer): VNode {
  const { submission } = answer.body;
  return (
    <>
      <h1>提交的结果 · What was submitted</h1>
      <Told answer={answer} />
      <Decision
        submission={answer.status === 201 && typeof submission === 'string' ? submission : undefined}
      />
      <Back />
    </>
  );
}

export function decidedPage(answer: DeskAnswer): VNode {
  return (
    <>
      <h1>复核的结果 · The decision</h1>
      <Told answer={answer} />
      <Back />
    </>
  );
}

function Decision({ submission }: { readonly submission: string | undefined }): VNode | undefined {
  if (submission === undefined) return undefined;
  return (
    <>
      <h2>复核（二号工作人员）· Decide (second officer)</h2>
      <Posting to="/approval" submit="同意 · Approve">
        <input type="hidden" name="submission" value={submission} />
        <input type="hidden" name="decision" value="approve" />
        <Persona id="read" label="二号工作人员读到的证件 · Whose document the second officer reads" />
      </Posting>
      <Posting to="/approval" submit="不同意 · Reject">
        <input type="hidden" name="submission" value={submission} />
        <input type="hidden" name="decision" value="reject" />
        <div class="field">
          <label for="reason">原因 · Reason</label>
          <select id="reason" name="reason">
            {REASONS.map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </Posting>
    </>
  );
}

interface PostingProps {
  /** Below `/counter-terminal`. */
  readonly to: string;
  readonly submit: string;
  readonly children: ComponentChildren;
}

function Posting({ to, submit, children }: PostingProps): VNode {
  return (
    <form method="post" action={`/counter-terminal${to}`} noValidate>
      {children}
      <div class="buttons">
        <button class="button" type="submit">
          {submit}
        </button>
      </div>
    </form>
  );
}

/** The answer of the system as it came: what stands here is all that a terminal learns. */
function Told({ answer }: { readonly answer: DeskAnswer }): VNode {
  return (
    <dl>
      {[['HTTP', answer.status], ...Object.entries(answer.body)].map(([name, value]) => (
        <div key={String(name)}>
          <dt>{String(name)}</dt>
          <dd class="num">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const Back = (): VNode => (
  <p>
    <a href="/counter-terminal">返回 · Back</a>
  </p>
);
