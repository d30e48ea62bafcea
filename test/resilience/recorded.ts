// A browser whose every page and cookie is remembered.
import { citizenBrowser } from './trial-client.ts';
import type { Browser, Page } from '../support/browser.ts';

/** Choices of language and look, and the name of the sign-in, which stands in its address: what binds is the signature beside it. */
const OPEN = /^(lang|mode|theme|signin|resume)$/;

export interface Recorded {
  readonly browser: Browser;
  readonly pages: readonly Page[];
  /** Every value that a cookie ever had. */
  readonly cookies: ReadonlySet<string>;
}

export function startBrowserRecording(): Recorded {
  const browser = citizenBrowser();
  const pages: Page[] = [];
  const cookies = new Set<string>();
  const noted = async (visit: Promise<Page>): Promise<Page> => {
    const page = await visit;
    pages.push(page);
    for (const { name, value } of browser.cookies) if (!OPEN.test(name)) cookies.add(value);
    return page;
  };
  const recording: Browser = {
    cookies: browser.cookies,
    get: (url, headers) => noted(browser.get(url, headers)),
    post: (url, form, headers) => noted(browser.post(url, form, headers)),
    submit: (page, fields) => noted(browser.submit(page, fields)),
    follow: (page, link) => noted(browser.follow(page, link)),
  };
  return { browser: recording, pages, cookies };
}
