// Why requests fail, in words that say what to do. Chinese is written first.
import { catalogue } from '../../platform/i18n/messages.ts';

export const M = catalogue(
  {
    went_well_authorize: '群众已登录，授权码已发出',
    went_well_token: '令牌已发出',
    went_well_userinfo: '资料已发出',
    secret: '密钥不对。请核对最近生成的密钥',
    method: '证明身份的方式和登记的不同。请看 token_endpoint_auth_method',
    code_gone: '授权码不存在或已过期。它只用一次，六十秒内有效',
    code_used: '授权码已经用过一次。由它得到的令牌都已作废',
    verifier: 'code_verifier 对不上。请核对保存的值',
    other_redirect: '换令牌的 redirect_uri 和登录时的不同。两处要完全一样',
    denied: '群众选择了不同意，或返回了您的应用',
    login_required: '用了 prompt=none，但群众还没有登录',
    consent_required: '用了 prompt=none，但群众还没有同意',
    level: '群众达不到要求的等级',
    token_gone: '访问令牌不对或已过期',
    busy: '系统繁忙，稍后再试',
  },
  {
    went_well_authorize: 'The person signed in and a code was given',
    went_well_token: 'Tokens were given',
    went_well_userinfo: 'Claims were given',
    secret: 'The secret is wrong. Compare it with the one that was made last',
    method: 'Another way of authenticating than registered. Look at token_endpoint_auth_method',
    code_gone: 'There is no such code, or it has run out. A code works once, within 60 seconds',
    code_used: 'The code was used before. All tokens that came of it are revoked',
    verifier: 'code_verifier does not fit code_challenge. Check the value that you kept',
    other_redirect: 'redirect_uri differs from the one of the login. Both must be the same',
    denied: 'The person did not agree, or went back to your client',
    login_required: 'prompt=none was used and nobody is signed in',
    consent_required: 'prompt=none was used and the person has not agreed yet',
    level: 'The person does not reach the level that is asked for',
    token_gone: 'The access token does not count, or has run out',
    busy: 'The system is busy; try again shortly',
  },
);
