// What citizens read about the face check. The consent is separate (Personal Information Protection Law, 29) and says
// that there are other ways: a face may not be the only one.
import type { Authority } from '../../authority.ts';

export const WORDS: Authority['words'] = {
  way: { 'zh-CN': '刷脸核验', en: 'By face check' },
  needs: {
    'zh-CN': '用手机的摄像头，跟着提示做几个动作。约 1 分钟。',
    en: 'Use the camera of a phone and follow a few prompts. About 1 minute.',
  },
  recipient: { 'zh-CN': '人脸核验机构', en: 'the face check agency' },
  consent: {
    'zh-CN':
      '我同意为核验身份采集我的人脸图像。仅用于这一次核验，核验后不保存图像。（不同意也可以选择其他方式）',
    en: 'I agree to my face being captured to check my identity. It is used for this check only and the image is not kept. (You can choose another way.)',
  },
};
