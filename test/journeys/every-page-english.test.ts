import { inspect } from './tours.ts';

inspect('en');
