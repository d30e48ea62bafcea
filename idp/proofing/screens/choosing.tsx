// Pages of choice: which document, which way.
import { documentTitle } from '../../citizens/citizens.ts';
import type { Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, PostForm, RadioField } from '../../platform/ui/form.tsx';
import type { Offer } from './choices.ts';
import { M } from './messages.ts';

interface Choosing {
  readonly locale: Locale;
  readonly name: 'document' | 'way';
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
}

function choosing({ locale, name, choices }: Choosing): Screen {
  const title = M.text(locale, `${name}.title`);
  return {
    title,
    body: (frame) => (
      <>
        <p class="caption">{M.text(locale, 'form.title')}</p>
        <h1>{title}</h1>
        <p>{M.text(locale, `${name}.body`)}</p>
        <PostForm frame={frame}>
          <RadioField frame={frame} name={name} legend={M.text(locale, `${name}.legend`)} choices={choices} />
          <Buttons>
            <Button>{M.text(locale, 'choice.submit')}</Button>
          </Buttons>
        </PostForm>
      </>
    ),
  };
}

export function documentScreen(locale: Locale, { documents }: Offer): Screen {
  const choices = documents.map((kind) => ({
    value: kind,
    label: documentTitle(locale, kind),
  }));
  return choosing({ locale, name: 'document', choices });
}
documentScreen.missing = (locale: Locale): string => M.text(locale, 'document.missing');

export function wayScreen(locale: Locale, { ways }: Offer): Screen {
  const choices = ways.map(({ lead }) => ({
    value: lead.id,
    label: lead.words.way[locale],
    hint: lead.words.needs[locale],
  }));
  return choosing({ locale, name: 'way', choices });
}
wayScreen.missing = (locale: Locale): string => M.text(locale, 'way.missing');
