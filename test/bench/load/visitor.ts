// One browser or one service of the load: cookies, redirects one by one, forms filled by name. Lean, because it shares
// its core with the stores.
import { Pool } from 'undici';
import { forms, type ParsedForm } from '../../support/browser.ts';
import type { Registered } from '../registrations.ts';

export interface Answer {
  readonly path: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

export interface Visitor {
  get(path: string): Promise<Answer>;
  post(path: string, form: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface Line {
  request(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }>;
  close(): Promise<void>;
}

/** Kept-alive connections to one server, as many as there are visitors at once. */
export function openLine(origin: string, connections: number): Line {
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  return {
    async request(method, path, headers, body) {
      const answer = await pool.request({ method, path, headers, body: body ?? null });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    },
    close: () => pool.close(),
  };
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A browser with an empty cookie jar. */
export function createVisitor(line: Line, origin: string): Visitor {
  const jar = new Map<string, Cookie>();
  const remember = (lines: string | string[] | undefined): void => {
    for (const text of typeof lines === 'string' ? [lines] : (lines ?? [])) {
      const [pair = '', ...rest] = text.split(/;\s*/);
      const cut = pair.indexOf('=');
      const path = rest.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
      const id = `${pair.slice(0, cut)} ${path}`;
      if (rest.some((part) => /^expires=Thu, 01 Jan 1970/i.test(part))) jar.delete(id);
      else jar.set(id, { value: pair, path });
    }
  };
  const sent = (path: string): string =>
    [...jar.values()]
      .filter((cookie) => path.startsWith(cookie.path))
      .map(({ value }) => value)
      .join('; ');
  const request = async (method: 'GET' | 'POST', address: string, body?: string): Promise<Answer> => {
    const path = address.startsWith(origin) ? address.slice(origin.length) : address;
    const cookie = sent(path);
    const answer = await line.request(
      method,
      path,
      {
        accept: 'text/html',
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin }),
      },
      body,
    );
    remember(answer.headers['set-cookie']);
    const { location } = answer.headers;
    return {
      path,
      status: answer.status,
      location: typeof location === 'string' ? location : undefined,
      text: answer.text,
    };
  };
  return {
    get: (path) => request('GET', path),
    post: (path, form) => request('POST', path, new URLSearchParams(form).toString()),
  };
}

/** The first form of a page that has all these fields, or undefined. */
export function formWith(page: Answer, ...names: string[]): ParsedForm | undefined {
  if (names.some((name) => !page.text.includes(`name="${name}"`))) return undefined;
  return forms({ text: page.text, url: `http://here${page.path}` }).find((form) =>
    names.every((name) => name in form.fields || `?${name}` in form.fields),
  );
}

/** Sends a form as it stands, with these fields filled. */
export function send(
  visitor: Visitor,
  form: ParsedForm,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  const hidden = Object.fromEntries(Object.entries(form.fields).filter(([name]) => !name.startsWith('?')));
  return visitor.post(form.action.slice('http://here'.length), { ...hidden, ...fields });
}

/** HTTP Basic (RFC 6749 2.3.1). */
export const basic = ({ id, secret }: Registered): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
