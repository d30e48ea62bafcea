// The world in which the examples of the document live. The tests build it and run each example in it.
import type { Example } from './operation.ts';

export const OFFICE = 'example-office';
export const OFFICE_NAME = { 'zh-CN': '示例办公室', en: 'Example office' };
export const PROGRAM = 'program~0123456789abcdef';
export const REFERENCE = '9D4K-70BZ';

/** What a program gets that tries what takes a person. */
export const programCannot = (request: Pick<Example, 'path' | 'body'>): Example => ({
  name: 'A program cannot',
  ...request,
  status: 403,
  answer: {
    error: 'forbidden',
    message: 'This takes a person with a passkey; no program may do it. Use the console.',
    reference: REFERENCE,
  },
});

/** What is answered for another unit's things, and for what there is not. */
export const notYours = (path: Readonly<Record<string, string>>): Example => ({
  name: 'Of another unit, or none at all',
  path,
  status: 404,
  answer: {
    error: 'not_found',
    message: 'There is none, or it lies outside your units.',
    reference: REFERENCE,
  },
});
