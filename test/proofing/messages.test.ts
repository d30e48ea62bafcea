import { M } from '../../idp/proofing/screens/messages.ts';

const FORBIDDEN_ZH = /无效|非法|系统异常|参数错误|令牌|会话|认证失败|操作失败|登陆|帐号|帐户|账户|！/;
const FORBIDDEN_EN = /\b(sorry|please|oops|invalid|token)\b|!/i;

describe('the texts of proving', () => {
  it.each(Object.entries(M.texts['zh-CN']))('%s uses the words citizens know', (key, text) => {
    expect(text).not.toMatch(FORBIDDEN_ZH);
    expect(text.match(/请/g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(M.texts.en[key]).not.toMatch(FORBIDDEN_EN);
  });
});
