// Tells a citizen how a case ended that was decided while they were away.
import type { Citizens } from '../../citizens/citizens.ts';
import { secret } from '../../platform/base/secret.ts';
import { catalogue } from '../../platform/i18n/messages.ts';
import type { Notify } from '../../platform/notify/notify.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { CaseRow } from '../cases.ts';

/** `before`: the case as it was when it was taken up. Says nothing where nothing is new. Never throws. */
export type Tell = (before: CaseRow, after: CaseRow) => Promise<void>;

export interface TellParts {
  readonly citizens: Citizens;
  readonly notify: Pick<Notify, 'text'>;
  readonly log: Log;
}

// No name, no number, no reason: a lock screen shows messages to whoever stands by.
export const M = catalogue(
  {
    proven: '【通行】您的实名认证已完成，各项政务服务都可以用了。不是您本人办理的，请马上登录通行查看。',
    refused: '【通行】您的实名认证有结果了，请登录通行查看。',
    review: '【通行】您的实名认证要由工作人员核对，请登录通行查看办理编号。',
  },
  {
    proven:
      '[Tongxing] You are verified and can use government services. If this was not you, sign in to Tongxing at once.',
    refused: '[Tongxing] There is a result of your verification. Sign in to Tongxing to see it.',
    review:
      '[Tongxing] An officer has to look at your verification. Sign in to Tongxing to see your case number.',
  },
);

const isNews = (state: string): state is 'proven' | 'refused' | 'review' =>
  state === 'proven' || state === 'refused' || state === 'review';

export function createTell({ citizens, notify, log }: TellParts): Tell {
  return async (before, after) => {
    const { state } = after;
    if (!isNews(state) || before.state === state) return;
    try {
      const { phone } = await citizens.attributes(after.citizenId);
      if (!phone) return;
      await notify.text({
        to: phone,
        text: secret(M.text('zh-CN', state)),
        locale: 'zh-CN',
        messageId: `case-${after.id}-${state}`,
        purpose: 'notice',
      });
    } catch (error) {
      // The case stands as it is, and the next visit tells it; a message that did not go out must not undo it.
      log.error('a decided case could not be told', error, { part: 'proofing' });
    }
  };
}
