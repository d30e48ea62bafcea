import { catalogue } from '../../platform/i18n/messages.ts';

export const L = catalogue(
  {
    pick: '选择',
    pages: '分页',
    'pages.first': '回到第一页',
    'pages.next': '下一页',
    filter: '筛选',
    'filter.clear': '清除',
  },
  {
    pick: 'Select',
    pages: 'Pages',
    'pages.first': 'First page',
    'pages.next': 'Next page',
    filter: 'Filter',
    'filter.clear': 'Clear',
  },
);
