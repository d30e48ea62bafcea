// The pages of 安全, of a frozen account and of a forgotten password, one after the other, to be looked at.
import { follow, press, say, type Browser, type Citizen } from '../citizen.ts';
import type { Gallery } from '../look.ts';
import type { World } from '../world.ts';

interface Stage {
  readonly world: World;
  readonly browser: Browser;
}

type Tour = (stage: Stage, who: Citizen, gallery: Gallery) => Promise<void>;

const fill = (who: Citizen, name: string, value: string): Promise<void> =>
  who.page.locator(`input[name=${name}]`).fill(value);

async function sendAndType({ world }: Stage, who: Citizen, phone: string): Promise<void> {
  await fill(who, 'code', (await world.message(phone)).code);
  await press(who.page, say(who, '继续', 'Continue'));
}

/** Password, then a code: everything that the account can show. */
async function showAll(stage: Stage, who: Citizen, gallery: Gallery): Promise<void> {
  const { page } = who;
  const persona = await stage.world.persona('verified-two');
  await fill(who, 'phone', persona.phone);
  await fill(who, 'password', persona.password);
  await press(page, say(who, '登录', 'Sign in'));
  await gallery.look(who, 'security-confirm');
  await press(page, say(who, '发送验证码', 'Send the code'));
  await sendAndType(stage, who, persona.phone);
}

const changes: Tour = async (stage, who, gallery) => {
  const { page } = who;
  const { issuer } = stage.world;
  await page.goto(`${issuer}/account/security/add/recovery-code?lang=${who.locale}`);
  await showAll(stage, who, gallery);
  await gallery.look(who, 'security-codes-make');
  await press(page, say(who, '生成恢复码', 'Make recovery codes'));
  await gallery.look(who, 'security-codes');
  await press(page, say(who, '我已经保存', 'I have kept them'));
  await gallery.look(who, 'security');
  await page.goto(`${issuer}/account/security/recovery-code/set/remove`);
  await gallery.look(who, 'security-remove');
  await page.goto(`${issuer}/account/security/add/sms`);
  await gallery.look(who, 'security-phone');
  await fill(who, 'phone', '12');
  await press(page, say(who, '获取验证码', 'Get a code'));
  await gallery.look(who, 'security-phone-wrong');
  await page.goto(`${issuer}/account/security/add/password`);
  await gallery.look(who, 'security-password');
  await page.goto(`${issuer}/account/changed`);
  await gallery.look(who, 'security-changed');
  await page.goto(`${issuer}/account/security/freeze`);
  await gallery.look(who, 'security-freeze');
  await press(page, say(who, '冻结账号', 'Freeze account'));
  await gallery.look(who, 'security-frozen');
  await page.goto(`${issuer}/account`);
  const persona = await stage.world.persona('verified-two');
  await fill(who, 'phone', persona.phone);
  await fill(who, 'password', persona.password);
  await press(page, say(who, '登录', 'Sign in'));
  await gallery.look(who, 'frozen-blocked');
  await press(page, say(who, '解除冻结', 'Open it again'));
  await gallery.look(who, 'frozen-proof');
};

const forgotten: Tour = async (stage, who, gallery) => {
  const { page } = who;
  const { world } = stage;
  const persona = await world.persona('unverified');
  await page.goto(`${world.issuer}/account?lang=${who.locale}`);
  await follow(page, say(who, '忘记密码，找回账号', 'Forgot your password? Recover your account'));
  await gallery.look(who, 'forgotten-phone');
  await fill(who, 'phone', persona.phone);
  await press(page, say(who, '获取验证码', 'Get a code'));
  await gallery.look(who, 'forgotten-code');
  await sendAndType(stage, who, persona.phone);
  await gallery.look(who, 'forgotten-wait');
  await press(page, say(who, '申请改密码', 'Ask for a new password'));
  await gallery.look(who, 'forgotten-waiting');
  const link = /http\S+\/recovery\/[\w.-]+/.exec((await world.message(persona.phone)).text)?.[0] ?? '';
  await page.goto(`${link}?lang=${who.locale}`);
  await gallery.look(who, 'recovery-cancel');
  await press(page, say(who, '取消申请', 'Cancel the request'));
  await gallery.look(who, 'recovery-cancelled');
  await page.goto(link);
  await gallery.look(who, 'recovery-ended');
};

export const SECURITY_TOURS = { changes, forgotten };
