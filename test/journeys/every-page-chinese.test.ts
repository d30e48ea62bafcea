import { inspect } from './tours.ts';

inspect('zh-CN');
