// What an operator or tester sees: the personas, the switches of the stand-ins, the text messages. Chinese and English
// side by side; these pages are no citizen's.
import type { VNode } from 'preact';
import type { DocumentKind } from '../citizens/citizens.ts';
import { behavioursOf, STAND_INS, type Behaviour, type Behaviours, type StandIn } from './behaviour.ts';
import type { Message } from './outbox.ts';
import { PERSONAS, type Persona } from './personas.ts';
import { cardNote } from './vendors/bank-card.ts';
import { HAPPENINGS, type Happening } from './vendors/sims.ts';

const STAND_IN_NAMES: Readonly<Record<StandIn, string>> = {
  'population-register': '人口登记库 · Population register',
  'mobile-operator': '移动运营商 · Mobile operator',
  'sms-carrier': '短信通道 · SMS carrier',
  'bank-card': '银行卡核对 · Bank cards',
  face: '人脸核验 · Face check',
  'network-identity': '网络身份认证 · Network identity',
};

const BEHAVIOUR_NAMES: Readonly<Record<Behaviour, string>> = {
  normal: '正常 · Normal',
  slow: '慢 · Slow',
  down: '断开 · Down',
  error: '返回 500 · Error 500',
  wrong: '都说不对 · Says no',
  half: '回答不全 · Half an answer',
  bad_signature: '签名不对 · Bad signature',
  lost: '收下不发 · Takes and loses',
  twice: '发两遍 · Delivers twice',
};

const HAPPENING_NAMES: Readonly<Record<Happening, string>> = {
  swapped: '刚换过卡 · SIM just changed',
  recycled: '刚换了机主 · Just given to somebody else',
  nothing: '没有变化 · Nothing happened',
};

const DOCUMENT_NAMES: Readonly<Record<DocumentKind, string>> = {
  CN_RIC: '身份证号 · ID number',
  CN_HMT_RP: '港澳台居民居住证 · Residence permit',
  CN_FPR_2017: '永久居留身份证 · Permanent resident ID',
  CN_FPR_2023: '永久居留身份证 · Permanent resident ID',
  PASSPORT: '护照 · Passport',
  HM_PERMIT: '港澳通行证 · Travel permit',
  TW_PERMIT: '台胞证 · Travel permit',
};

/** Where the stand-ins listen, for links. */
export interface Addresses {
  readonly hub: string;
  readonly populationRegister: string;
  readonly mobileOperator: string;
  readonly smsCarrier: string;
  /** Undefined while there is no counter. */
  readonly counterTerminal: string | undefined;
}

export function personasPage(addresses: Addresses): VNode {
  return (
    <>
      <h1>试用的人 · Personas</h1>
      <p>都是编造的人，请勿填写真实信息。Everybody here is made up. Do not enter real details.</p>
      <ul class="bullets">
        <li>
          <a href={`${addresses.smsCarrier}/outbox`}>看短信 · Read text messages</a>
        </li>
        {addresses.counterTerminal === undefined ? undefined : (
          <li>
            <a href={addresses.counterTerminal}>当柜台工作人员 · Be the officer at a counter</a>
          </li>
        )}
        <li>
          <a href="/control">让外部系统出问题 · Make outside systems fail</a>
        </li>
        <li>
          <a href="/personas.json">personas.json</a>
        </li>
      </ul>
      {PERSONAS.map(personaCard)}
    </>
  );
}

function personaCard(persona: Persona): VNode {
  return (
    <section key={persona.id} aria-labelledby={persona.id}>
      <h2 id={persona.id}>{persona.name}</h2>
      <p>{persona.purpose}</p>
      <dl class="summary">
        <div>
          <dt>手机号 · Phone</dt>
          <dd class="num">{persona.phone}</dd>
        </div>
        <div>
          <dt>{DOCUMENT_NAMES[persona.document]}</dt>
          <dd class="num">{persona.id_number}</dd>
        </div>
        {persona.bank_card === undefined ? undefined : (
          <div>
            <dt>银行卡号 · Bank card</dt>
            <dd>
              <span class="num">{persona.bank_card}</span> {cardNote(persona)}
            </dd>
          </div>
        )}
        <div>
          <dt>密码 · Password</dt>
          <dd>
            {persona.password}
            {persona.registered ? '' : '（建议 · suggestion）'}
          </dd>
        </div>
        <div>
          <dt>账号 · Account</dt>
          <dd>{accountState(persona)}</dd>
        </div>
      </dl>
    </section>
  );
}

function accountState(persona: Persona): string {
  if (!persona.registered) return '未注册 · None yet';
  return persona.ial > 0 ? '已实名 · Verified' : '未实名 · Not verified';
}

export function controlPage(behaviours: Behaviours): VNode {
  return (
    <>
      <h1>外部系统 · Outside systems</h1>
      <p>重新启动后都恢复正常。A restart makes everything normal again.</p>
      {STAND_INS.map((standIn) => (
        <form key={standIn} method="post" action="/control" noValidate>
          <fieldset>
            <legend>{STAND_IN_NAMES[standIn]}</legend>
            <input type="hidden" name="target" value={standIn} />
            <div class="choices">
              {behavioursOf(standIn).map((each) => choice(standIn, each, behaviours.of(standIn)))}
            </div>
          </fieldset>
          <div class="buttons">
            <button class="button" type="submit">
              保存 · Save
            </button>
          </div>
        </form>
      ))}
      <SimForm />
      <p>
        <a href="/">返回 · Back</a>
      </p>
    </>
  );
}

/** What the operators tell of one number when they are asked at a sign-in. */
function SimForm(): VNode {
  return (
    <form method="post" action="/sims" noValidate>
      <fieldset>
        <legend>手机卡 · SIM</legend>
        <div class="field">
          <label class="label" for="phone">
            手机号 · Phone
          </label>
          <input class="input" id="phone" name="phone" inputmode="tel" autocomplete="off" />
        </div>
        <div class="choices">
          {HAPPENINGS.map((each) => (
            <div class="choice" key={each}>
              <input type="radio" id={each} name="happened" value={each} checked={each === 'swapped'} />
              <label for={each}>{HAPPENING_NAMES[each]}</label>
            </div>
          ))}
        </div>
      </fieldset>
      <div class="buttons">
        <button class="button" type="submit">
          保存 · Save
        </button>
      </div>
    </form>
  );
}

function choice(standIn: StandIn, each: Behaviour, current: Behaviour): VNode {
  const id = `${standIn}-${each}`;
  return (
    <div class="choice" key={id}>
      <input type="radio" id={id} name="behaviour" value={each} checked={each === current} />
      <label for={id}>{BEHAVIOUR_NAMES[each]}</label>
    </div>
  );
}

export function outboxPage(messages: readonly Message[], refreshing: boolean): VNode {
  return (
    <>
      <h1>短信 · Text messages</h1>
      <p>
        {refreshing ? (
          <>
            每 5 秒自动更新。Updates every 5 seconds. <a href="/outbox?still=1">停止更新 · Stop updating</a>
          </>
        ) : (
          <a href="/outbox">自动更新 · Update every 5 seconds</a>
        )}
      </p>
      {messages.length === 0 ? <p>还没有短信。No messages yet.</p> : undefined}
      <ol class="bubbles" reversed>
        {messages.map(bubble)}
      </ol>
    </>
  );
}

function bubble(message: Message): VNode {
  return (
    <li class="bubble" key={message.id}>
      <p class="to">
        <b class="num">{message.phone}</b> <time dateTime={message.at}>{chinaTime(message.at)}</time>
        {message.channel === 'call' ? ' 电话 · Call' : ''}
      </p>
      <p class="text">{message.text}</p>
    </li>
  );
}

const chinaTime = (at: string): string =>
  new Date(at).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });
