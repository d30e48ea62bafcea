// What the portal says about itself.
import type { Service } from '../relying-party/relying-party.ts';

export const WORDS: Service['words'] = {
  name: { 'zh-CN': '云川省政务服务网', en: 'Yunchuan Government Services' },
  lead: {
    'zh-CN': '全省政务服务一个入口：查进度、约时间、办证照。一次登录，省内服务都认得您。',
    en: 'One entrance to every service of the province: follow a case, book a visit, apply for a licence. Sign in once.',
  },
  offers: {
    'zh-CN': ['查询办件进度', '预约服务大厅', '申领电子证照'],
    en: ['Follow your cases', 'Book a visit to a service hall', 'Get an electronic licence'],
  },
};
