import { catalogue } from '../platform/i18n/messages.ts';

export const L = catalogue(
  {
    'logout.title': '要退出登录吗？',
    'logout.lead': '下面的服务也会一起退出。请先保存正在填写的内容。',
    'logout.lead_alone': '退出后，进入任何服务都要重新登录。',
    'logout.go': '退出登录',
    'logout.stay': '暂不退出',
    'done.title': '已退出登录',
    'done.body': '在公用电脑上，请再关闭浏览器。',
    'done.again': '重新登录',
    'change.title': '换一个账号继续',
    'change.body': '这个浏览器里还登录着另一个账号。继续后，那个账号和它进入的服务会一起退出。',
    'change.go': '退出原账号并继续',
  },
  {
    'logout.title': 'Sign out?',
    'logout.lead': 'You will be signed out of these services too. Save what you are filling in first.',
    'logout.lead_alone': 'After this you sign in again for every service.',
    'logout.go': 'Sign out',
    'logout.stay': 'Stay signed in',
    'done.title': 'You are signed out',
    'done.body': 'On a shared computer, close the browser too.',
    'done.again': 'Sign in again',
    'change.title': 'Continue with another account',
    'change.body':
      'Another account is still signed in in this browser. If you continue, it is signed out, and so are the services it entered.',
    'change.go': 'Sign that account out and continue',
  },
);
