// The page that stands in for the one a phone would show. It says so, and takes no picture.
import type { VNode } from 'preact';
import { maskName, maskNumber } from '../../platform/base/secret.ts';
import { SCENES, type Attempt, type Scene } from './face-attempts.ts';

const CHOICES: Readonly<Record<Scene, string>> = {
  passed: '看镜头，通过 · Look and pass',
  another: '不像本人 · Not the same person',
  not_live: '没有活体 · Not a live person',
  left: '取消 · Cancel',
  review: '需要人工 · A person has to look',
};

const StandIn = (): VNode => (
  <p>
    这里是人脸核验的替身：不打开摄像头，不拍照，不保存图像。 This only stands in for a face check: it opens no
    camera, takes no picture and keeps none.
  </p>
);

/** A link leads where the system said at the beginning, and only to an address of the web: no javascript: (XSS). */
function WayBack({ returnUrl }: Pick<Attempt, 'returnUrl'>): VNode {
  const web = URL.canParse(returnUrl) && /^https?:$/.test(new URL(returnUrl).protocol);
  return (
    <p>
      {web ? <a href={returnUrl}>返回 · Back</a> : '请回到原来的页面。Go back to the page you came from.'}
    </p>
  );
}

/** Before: who is to be checked, masked, and what may happen. After: what did, and the way back. */
export function facePage({ name, number, scene, returnUrl }: Attempt): VNode {
  return (
    <>
      <h1>人脸核验 · Face check</h1>
      <StandIn />
      {scene ? (
        <>
          <p role="status">
            <b>{CHOICES[scene]}</b>
          </p>
          <WayBack returnUrl={returnUrl} />
        </>
      ) : (
        <>
          <dl>
            <div>
              <dt>姓名 · Name</dt>
              <dd>{maskName(name)}</dd>
            </div>
            <div>
              <dt>证件号 · Number</dt>
              <dd class="num">{maskNumber(number)}</dd>
            </div>
          </dl>
          {SCENES.map((each) => (
            <form key={each} method="post" noValidate>
              <input type="hidden" name="scene" value={each} />
              <p>
                <button class="button" type="submit">
                  {CHOICES[each]}
                </button>
              </p>
            </form>
          ))}
        </>
      )}
    </>
  );
}

export function noFacePage(): VNode {
  return (
    <>
      <h1>这个链接不能用了 · This link has ended</h1>
      <StandIn />
      <p>
        核验要在 30 分钟内做完。请回到原来的页面重新开始。 A check has to be done within 30 minutes. Go back
        to the page you came from and begin again.
      </p>
    </>
  );
}
