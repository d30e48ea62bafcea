import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../../idp/platform/base/errors.ts';
import { personalName, personalNumber, personalPhone, secret } from '../../../idp/platform/base/secret.ts';
import { createLog, type LogFields } from '../../../idp/platform/telemetry/log.ts';

const PLANTED = {
  name: '张\u{20BB7}',
  number: '610113198704121335',
  phone: '+8613900010004',
  password: 'copper-teapot-winter-plum',
  code: '493027',
};

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog({ level: 'debug', write: (line) => void lines.push(line) }));
  return lines.join('');
}

function expectNothingOf(text: string): void {
  for (const value of Object.values(PLANTED)) expect(text).not.toContain(value);
}

describe('the log', () => {
  test('has no field for a name, a number or a code, even when one is forced in', () => {
    const forced = { ...PLANTED, body: PLANTED, reference: 'ABCD-1234' } as unknown as LogFields;
    const text = logged((log) => {
      log.info('request', forced);
      log.warn('request', forced);
      log.error('request', new Error('no'), forced);
    });
    expectNothingOf(text);
    expect(text).toContain('ABCD-1234');
  });

  test('cuts values out of what a database or a parser says', () => {
    const { number, phone, name, code } = PLANTED;
    const text = logged((log) => {
      log.error('store', new Error(`Key (number)=(${number}) already exists`));
      log.error('store', new Error(`invalid input syntax for type uuid: "${name}"`));
      log.error('store', new TypeError(`cannot read '${name}' of ${phone}`));
      log.error('store', Object.assign(new Error(`code ${code}`), { detail: PLANTED, parameters: [number] }));
    });
    expectNothingOf(text);
    expect(text).toContain('already exists');
  });

  test('cuts values out of causes, and tells thrown plain values by kind only', () => {
    const text = logged((log) => {
      log.error('step', new Fault('unavailable', { cause: new Error(`cannot use '${PLANTED.password}'`) }));
      log.error('step', PLANTED.password);
      log.error('step', undefined);
    });
    expectNothingOf(text);
  });

  test('is one JSON object a line, whatever stands in the message', () => {
    const text = logged((log) => log.error('a\nb', new Error('x\n{"level":"info"}\r\n')));
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ level: 'error' });
  });
});

test('guarded values print their mask wherever text is made', () => {
  const guarded = {
    name: personalName(PLANTED.name),
    number: personalNumber(PLANTED.number),
    phone: personalPhone(PLANTED.phone),
    password: secret(PLANTED.password),
  };
  const text = `${JSON.stringify(guarded)} ${Object.values(guarded).map(String).join(' ')}`;
  expectNothingOf(text);
  expect(JSON.parse(JSON.stringify(guarded))).toEqual({
    name: '张*',
    number: '6****************5',
    phone: '139****0004',
    password: '[secret]',
  });
});
