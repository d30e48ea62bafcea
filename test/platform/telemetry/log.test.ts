// What reaches a log line. Values are planted wherever a careless caller or a talkative library could put them.
import { Fault } from '../../../idp/platform/base/errors.ts';
import { personalName, secret } from '../../../idp/platform/base/secret.ts';
import { createLog, type LogFields, type LogLevel } from '../../../idp/platform/telemetry/log.ts';

const PLANTED = {
  name: '欧阳林夏',
  number: '330106198501011231',
  phone: '13800135678',
  code: '482913',
  password: 'correct horse battery',
  token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln',
};

function logInto(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const log = createLog({ level, write: (line) => void lines.push(line) });
  return { log, lines, all: () => lines.join('') };
}

function expectNothingPlanted(text: string): void {
  for (const [what, value] of Object.entries(PLANTED))
    expect([what, text.includes(value)]).toEqual([what, false]);
}

test('a field off the list is not written, whatever the types were told', () => {
  const { log, all } = logInto();
  log.info('request', { ...PLANTED, phone: PLANTED.phone, status: 200 } as unknown as LogFields);
  expect(JSON.parse(all())).toMatchObject({ level: 'info', msg: 'request', status: 200 });
  // `code` is a field of the list, for codes of refusals: a one-time code put there would be a bug of the caller.
  expect(all()).not.toContain(PLANTED.phone);
  expect(all()).not.toContain(PLANTED.name);
});

test('an object in a field of the list is not written', () => {
  const { log, all } = logInto();
  log.warn('odd', { part: { phone: PLANTED.phone }, reference: [PLANTED.name] } as unknown as LogFields);
  expectNothingPlanted(all());
});

describe('an error', () => {
  test.each([
    ['PostgreSQL’s detail', `duplicate key: Key (phone)=(${PLANTED.phone}) already exists`],
    ['a quoted value', `invalid input syntax for type uuid: "${PLANTED.password}"`],
    ['single quotes', `unexpected '${PLANTED.name}'`],
    ['backticks', `cannot parse \`${PLANTED.token}\``],
    ['typographic quotes', `no such name “${PLANTED.name}” or ‘${PLANTED.password}’`],
    ['digits', `no row for ${PLANTED.number} and ${PLANTED.code}`],
    ['JSON text', `Unexpected token in JSON: {"name":"${PLANTED.name}","code":${PLANTED.code}}`],
    [
      'lines that look like frames',
      `failed\n    at ${PLANTED.name} (file:///x.ts:1:1)\n    at ${PLANTED.token}`,
    ],
  ])('keeps its frames and loses its values: %s', (_, message) => {
    const { log, all } = logInto();
    log.error('request failed', new Error(message), { reference: '9D4K-70BZ' });
    expectNothingPlanted(all());
    expect(all()).toContain('log.test.ts');
    expect(all()).toContain('9D4K-70BZ');
  });

  test('a name or code that is no word is cut as well', () => {
    const { log, all } = logInto();
    const error = Object.assign(new Error('x'), { name: `Error "${PLANTED.name}"`, code: PLANTED.number });
    log.error('request failed', error);
    expectNothingPlanted(all());
  });

  test('its causes are told too: the refusal says what, the cause says why', () => {
    const { log, all } = logInto();
    const cause = Object.assign(new Error(`connect ECONNREFUSED for "${PLANTED.password}"`), {
      code: 'ECONNREFUSED',
    });
    log.error('unavailable', new Fault('unavailable', { note: 'postgres does not answer', cause }));
    expect(all()).toContain('ECONNREFUSED');
    expect(all()).toContain('postgres does not answer');
    expectNothingPlanted(all());
  });

  test('a cause that is its own cause ends', () => {
    const { log, lines } = logInto();
    const error = new Error('round');
    error.cause = error;
    log.error('request failed', error);
    expect(lines).toHaveLength(1);
  });

  test.each([undefined, null, PLANTED.password, 42, { message: PLANTED.name }, [PLANTED.phone]])(
    'something else was thrown: %#',
    (thrown) => {
      const { log, lines, all } = logInto();
      log.error('request failed', thrown);
      expect(lines).toHaveLength(1);
      expectNothingPlanted(all());
    },
  );
});

test('guarded values print as their masks', () => {
  const { log, all } = logInto();
  log.info(['for', personalName(PLANTED.name), secret(PLANTED.password)].join(' '));
  expect(all()).toContain('欧** [secret]');
  expectNothingPlanted(all());
});

test('a line below the level is not written; every line is one JSON value', () => {
  const { log, lines } = logInto('warn');
  log.info('request');
  log.warn('slow\nbreak');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['slow\nbreak']);
  expect(lines[0]?.trimEnd()).not.toContain('\n');
});
