// The pages that play the national network identity app on the citizen's phone.
import type { VNode } from 'preact';
import { PERSONAS } from '../../personas.ts';
import { ACTS, type Act, type Sequence } from './sequences.ts';

export const TITLE = '国家网络身份认证 · Network identity';

const ACT_NAMES: Readonly<Record<Act, string>> = {
  present_with_face: '出示网证并刷脸 · Present, with face',
  present: '不刷脸 · Present, no face',
  cancel: '取消 · Cancel',
  face_failed: '刷脸没通过 · Face check fails',
};

const ENDINGS: Readonly<Record<string, string>> = {
  cancelled: '已取消。Cancelled.',
  no_network_identity: '您还没有网证。You have no network identity yet.',
  face_failed: '刷脸没通过。The face check failed.',
  too_many: '今天刷脸次数太多，请明天再来。Too many face checks today. Try again tomorrow.',
  presented: '已出示网证。Presented.',
};

/** What is asked, who holds this phone, and what they do. */
export const askPage = (): VNode => (
  <>
    <h1>{TITLE}</h1>
    <p>
      “国家政务登录”请您出示网证并刷脸，确认是您本人。The national sign-in asks for your network identity and
      face.
    </p>
    <p>只告诉对方结果，不给姓名、号码和照片。Only the result is given: no name, no number, no picture.</p>
    <p>不是您自己要办的，请取消。Cancel if it was not you who began this.</p>
    <form method="post" noValidate>
      <div class="field">
        <label for="persona">这是谁的手机 · Whose phone this is</label>
        <select id="persona" name="persona">
          {PERSONAS.map(({ id, name }) => (
            <option key={id} value={id}>{`${name} (${id})`}</option>
          ))}
        </select>
      </div>
      <div class="buttons">
        {ACTS.map((act, place) => (
          <button
            key={act}
            class={place === 0 ? 'button' : 'button other'}
            type="submit"
            name="act"
            value={act}
          >
            {ACT_NAMES[act]}
          </button>
        ))}
      </div>
    </form>
  </>
);

export const endPage = ({ result, returnTo }: Sequence): VNode => (
  <>
    <h1>{TITLE}</h1>
    <p role="status">{ENDINGS[result?.['Result'] ?? '']}</p>
    <p>在另一台设备上开始的，请回到那台设备。If you began on another device, go back to it.</p>
    {returnTo === undefined ? undefined : (
      <p>
        <a href={returnTo}>返回 · Go back</a>
      </p>
    )}
  </>
);

export const overPage = (): VNode => (
  <>
    <h1>{TITLE}</h1>
    <p role="status">这次认证已经过期，请回去重新开始。This has expired. Go back and begin again.</p>
  </>
);
