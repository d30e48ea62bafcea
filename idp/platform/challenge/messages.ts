// Texts of the proof-of-work.
import { catalogue } from '../i18n/messages.ts';

export const M = catalogue(
  {
    working: '正在确认不是自动程序在操作，大约需要几秒钟，不用您做什么。',
    done: '确认完成，正在继续。',
  },
  {
    working:
      'Checking that this is not an automatic program. It takes a few seconds and you need to do nothing.',
    done: 'The check is done, going on.',
  },
);
