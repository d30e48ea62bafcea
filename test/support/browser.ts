// A browser without JavaScript: cookies with their paths, redirects one by one, forms filled by name.

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Every address passed on the way here, first to last. */
  readonly hops: readonly string[];
}

export interface Browser {
  readonly cookies: readonly Cookie[];
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Page>;
  post(
    url: string,
    form: Readonly<Record<string, string>> | URLSearchParams,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Page>;
  /** Fills and submits a form of the page: the first that has all the named fields. Hidden fields go along. */
  submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page>;
  /** Follows the link whose text or address matches. */
  follow(page: Page, link: RegExp): Promise<Page>;
}

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly host: string;
}

export interface ParsedForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
export const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');

function attributes(tag: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g))
    if (name) found[name] = decode(value ?? '');
  return found;
}

/** The forms of a page with what they would send as they stand. Unticked boxes send nothing. */
export function forms(page: Pick<Page, 'text' | 'url'>): readonly ParsedForm[] {
  return [...page.text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, body]) => {
    const action = new URL(attributes(head ?? '')['action'] ?? page.url, page.url).href;
    const inputs = [...(body ?? '').matchAll(/<input([^>]*)>/g)].map(([, tag]) => attributes(tag ?? ''));
    const sent = inputs.filter(
      (input) => input['name'] && (!/checkbox|radio/.test(input['type'] ?? '') || 'checked' in input),
    );
    const all = inputs.filter((input) => input['name']);
    const known = Object.fromEntries(all.map((input) => [`?${input['name'] ?? ''}`, '']));
    return {
      action,
      fields: { ...known, ...Object.fromEntries(sent.map((input) => [input['name'], input['value'] ?? ''])) },
    };
  });
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** `stopAt`: a redirect to an address that matches is not followed; the page has its address and status 0. */
export function createBrowser(
  options: { stopAt?: RegExp; headers?: Readonly<Record<string, string>> } = {},
): Browser {
  const jar: Cookie[] = [];

  const remember = (url: URL, headers: Headers): void => {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(/;\s*/);
      const cut = pair.indexOf('=');
      const name = pair.slice(0, cut);
      const path = rest.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
      const gone = rest.some((part) => /^expires=Thu, 01 Jan 1970/i.test(part) || /^max-age=0$/i.test(part));
      const same = jar.findIndex(
        (cookie) => cookie.name === name && cookie.path === path && cookie.host === url.host,
      );
      if (same >= 0) jar.splice(same, 1);
      if (!gone) jar.push({ name, value: pair.slice(cut + 1), path, host: url.host });
    }
  };

  const sent = (url: URL): string =>
    jar
      .filter(
        ({ host, path }) =>
          host === url.host &&
          (url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)),
      )
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');

  const request = async (address: string, init: RequestInit, hops: readonly string[]): Promise<Page> => {
    const url = new URL(address);
    const cookie = sent(url);
    const headers = {
      accept: 'text/html',
      ...options.headers,
      ...(init.headers as Record<string, string>),
      ...(cookie ? { cookie } : {}),
    };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    remember(url, response.headers);
    const location = response.headers.get('location');
    const passed = [...hops, url.href];
    if (location !== null && REDIRECTS.has(response.status)) {
      await response.arrayBuffer();
      const next = new URL(location, url).href;
      if (options.stopAt?.test(next))
        return { url: next, status: 0, headers: response.headers, text: '', hops: [...passed, next] };
      if (passed.length > 20) throw new Error(`a redirect loop: ${passed.join(' -> ')}`);
      return request(next, {}, passed);
    }
    return {
      url: url.href,
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      hops: passed,
    };
  };

  const browser: Browser = {
    cookies: jar,
    get: (url, headers = {}) => request(url, { headers }, []),
    post: (url, form, headers = {}) =>
      request(url, { method: 'POST', body: new URLSearchParams(form), headers }, []),
    submit(page, fields) {
      const names = Object.keys(fields);
      const form = forms(page).find((candidate) =>
        names.every((name) => name in candidate.fields || `?${name}` in candidate.fields),
      );
      if (!form)
        throw new Error(
          `no form with ${names.join(', ')} on ${page.url} (${page.status}): ${page.text.slice(0, 2_000)}`,
        );
      const hidden = Object.fromEntries(
        Object.entries(form.fields).filter(([name]) => !name.startsWith('?')),
      );
      return browser.post(form.action, { ...hidden, ...fields }, { origin: new URL(page.url).origin });
    },
    follow(page, link) {
      const found = [...page.text.matchAll(/<a([^>]*)>([\s\S]*?)<\/a>/g)].find(
        ([, head = '', body = '']) =>
          link.test(decode(body.replace(/<[^>]*>/g, ''))) || link.test(attributes(head)['href'] ?? ''),
      );
      if (!found) throw new Error(`no link ${String(link)} on ${page.url}`);
      return browser.get(new URL(attributes(found[1] ?? '')['href'] ?? '', page.url).href);
    },
  };
  return browser;
}
