// The password of a citizen who is already identified: checked on the same counters as on the sign-in page, so that
// nobody has two sets of tries.
import { Fault } from '../../../platform/base/errors.ts';
import type { Citizens, DocumentNumber, Phone } from '../../../citizens/citizens.ts';
import type { Screen, Step, StepContext } from '../../../platform/http/step.ts';
import { Button, Buttons, PasswordField, PostForm } from '../../../platform/ui/form.tsx';
import type { SecondState, Shown } from '../../factors.ts';
import type { Account } from '../account.ts';
import { M } from '../messages.ts';
import { isTooLong } from '../policy.ts';
import { checkPassword, type SignInParts } from '../sign-in.ts';

type Context = StepContext<SecondState>;

/** Who has shown another factor already is no machine that tries thousands of accounts. */
const identified = (): Promise<boolean> => Promise.resolve(true);

export function createSecond(parts: SignInParts): Step<SecondState, Shown> {
  return {
    id: 'password-second',
    show: (context) => Promise.resolve(screen(context)),
    async submit(context, form) {
      const password = form['password'] ?? '';
      if (password === '' || isTooLong(password))
        return again(context, password === '' ? 'password_empty' : 'flaw_too_long');
      const account = await nameOf(parts.citizens, context);
      const first = { ...context, state: { hint: undefined, registering: false } };
      const checked = await checkPassword(parts, first, { account, password }, identified);
      if (checked.is === 'again') return again(context, 'wrong_password');
      // Another account may have taken over the phone between two reads.
      if (checked.is === 'done' && checked.value.citizenId !== context.state.citizenId)
        throw new Fault('conflict', { note: 'the account was renamed while its password was checked' });
      return checked;
    },
  };
}

function again({ locale }: Context, key: 'password_empty' | 'flaw_too_long' | 'wrong_password') {
  return {
    is: 'again',
    problems: [{ field: 'password', text: M.text(locale, key) }],
    forget: ['password'],
  } as const;
}

/** By what this account would be named on the sign-in page: there its tries are counted. */
async function nameOf(citizens: Citizens, { state }: Context): Promise<Account> {
  const [{ phone }, documents] = await Promise.all([
    citizens.attributes(state.citizenId),
    citizens.documents(state.citizenId),
  ]);
  if (phone) return { by: 'phone', phone: phone.reveal() as Phone };
  const [document] = documents;
  if (!document) throw new Fault('forbidden', { note: 'the account has neither phone nor document' });
  return { by: 'document', kind: document.kind, number: document.number.reveal() as DocumentNumber };
}

function screen({ locale }: Context): Screen {
  return {
    title: M.text(locale, 'second_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'second_title')}</h1>
        {frame.lead}
        <PostForm frame={frame}>
          <PasswordField
            frame={frame}
            name="password"
            label={M.text(locale, 'password')}
            autocomplete="current-password"
          />
          <Buttons>
            <Button>{M.text(locale, 'second_button')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
      </>
    ),
  };
}
