// How long the functions of a file are, by matching braces.
import { codeOf, type Source } from './source.ts';

export interface FunctionSize {
  readonly line: number;
  readonly lines: number;
}

interface Frame {
  readonly isFunction: boolean;
  /** A type or object literal in a signature: what stands before it still belongs to the signature after it. */
  readonly transparent: boolean;
  /** Where the code that leads to the brace begins. */
  readonly head: number;
  readonly parens: number;
}

const CONTROL = /(^|[^\w$.])(if|for|while|switch|catch|with)\s*(await\s*)?\([^]*\)\s*$/;
const SIGNATURE = /[\w$\])"'?>]\s*(<[^()]*>)?\([^]*\)\s*(:[^=]*)?$/;

/** Every function with a body in braces: where it begins and how many lines it takes. */
export function functionsOf(source: Source): readonly FunctionSize[] {
  const code = codeOf(source);
  const found: FunctionSize[] = [];
  const frames: Frame[] = [];
  let head = 0;
  let parens = 0;
  for (let i = 0; i < code.length; i += 1) {
    const char = code[i];
    if (char === '(' || char === '[') parens += 1;
    else if (char === ')' || char === ']') parens -= 1;
    else if (char === ';' && parens === 0) head = i + 1;
    else if (char === '{') {
      frames.push({ ...kindOf(code.slice(head, i)), head, parens });
      head = i + 1;
      parens = 0;
    } else if (char === '}') {
      const frame = frames.pop();
      if (!frame) continue;
      if (frame.isFunction) found.push(sizeOf(code, frame.head, i));
      parens = frame.parens;
      head = frame.transparent || parens > 0 ? frame.head : i + 1;
    }
  }
  return found;
}

function kindOf(head: string): { isFunction: boolean; transparent: boolean } {
  if (/=>\s*$/.test(head)) return { isFunction: true, transparent: false };
  const opens = balance(head) > 0;
  // Inside open parentheses only an arrow or a `function` has a body; the rest are literals and patterns.
  if (opens) return { isFunction: /\bfunction\b[^()]*\([^()]*\)\s*$/.test(head), transparent: true };
  if (/[:|&<]\s*$/.test(head)) return { isFunction: false, transparent: true };
  const isFunction = !CONTROL.test(head) && SIGNATURE.test(head) && !/\b(class|interface)\b/.test(head);
  return { isFunction, transparent: false };
}

const balance = (text: string): number => text.split('(').length - text.split(')').length;

function sizeOf(code: string, head: number, end: number): FunctionSize {
  const begin = head + code.slice(head).search(/\S/);
  const line = code.slice(0, begin).split('\n').length;
  return { line, lines: code.slice(begin, end).split('\n').length };
}
