// The two scripts that do the work: loaded only by the pages that ask for it.
import { readFileSync } from 'node:fs';
import { asset, type Asset } from '../../ui/assets.ts';

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
const JAVASCRIPT = 'text/javascript; charset=utf-8';

export const CHALLENGE_SCRIPT = asset('challenge', 'js', JAVASCRIPT, read('challenge.js'));
export const CHALLENGE_WORKER = asset('challenge-worker', 'js', JAVASCRIPT, read('challenge-worker.js'));
export const CHALLENGE_ASSETS: readonly Asset[] = [CHALLENGE_SCRIPT, CHALLENGE_WORKER];
