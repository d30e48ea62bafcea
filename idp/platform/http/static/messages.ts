// Help and legal pages. Chinese is written first. They promise only what the system does.
import { catalogue } from '../../i18n/messages.ts';

export const M = catalogue(
  {
    'help.title': '常见问题',
    'help.code.heading': '收不到短信验证码',
    'help.code.text':
      '请先检查手机信号和短信拦截。一分钟后可以重新获取。多次获取后需要等待，页面会显示可以重试的时间。手机号已停用的，请拨打 12345。',
    'help.password.heading': '忘记密码',
    'help.password.text':
      '可以用短信验证码登录，不需要密码。要设置新密码的，在登录页打开“忘记密码，找回账号”。手机号也不用了的，用新手机号注册，再带身份证到附近窗口核验。',
    'help.freeze.heading': '手机丢了，或怀疑有人冒用账号',
    'help.freeze.text':
      '登录后打开“安全”，选择“冻结账号”，谁都不能再登录。不能登录的，请拨打 12345。确认是您本人后就能解除。',
    'help.match.heading': '实名信息核对不上',
    'help.match.text':
      '常见原因：姓名有生僻字或改过名，证件已换新，输入有误。请对照证件检查后再试。仍然不行的，请带身份证到附近窗口办理。',
    'help.locked.heading': '账号暂时锁定',
    'help.locked.text':
      '多次输错后，账号会锁定一段时间，页面会显示解锁时间。这是为了防止别人猜您的密码。急需办事的，可以到窗口办理。',
    'help.scam.heading': '有人向我要验证码',
    'help.scam.text':
      '请不要给。工作人员不会向您索要密码或短信验证码。已经给了的，请立即改密码，在“登录记录”中查看是否有陌生登录，并拨打 12345。',
    'help.reference.heading': '错误编号是什么',
    'help.reference.text':
      '出错页面上的编号。拨打 12345 时报出编号，工作人员就能查到当时的情况。编号里没有您的个人信息。',
    'counters.title': '附近窗口',
    'counters.find.heading': '怎么找到窗口',
    'counters.find.text':
      '拨打 12345，说出您所在的区县和要办的事，话务员会告诉您最近的政务服务窗口和办公时间。',
    'counters.bring.heading': '要带什么',
    'counters.bring.text': '请带本人有效身份证件和正在使用的手机。页面上有错误编号的，请一并记下。',
    'counters.online.heading': '不会用网、没有智能手机',
    'counters.online.text': '所有网上能办的事，窗口也能办，不需要先注册账号。',
    'privacy.title': '隐私说明',
    'privacy.collect.heading': '我们收集什么',
    'privacy.collect.text':
      '姓名、证件号码、手机号，用来确认您是本人；登录的时间、方式、网络地址，和由它推算的城市、浏览器的种类，用来发现别人冒用您的账号。密码只保存无法还原的摘要。',
    'privacy.keep.heading': '怎样保存',
    'privacy.keep.text': '姓名、证件号码和手机号加密保存。能看到这些信息的操作都留有记录，记录不能更改。',
    'privacy.share.heading': '提供给谁',
    'privacy.share.text':
      '只在您同意后，把页面上列出的信息提供给您登录的服务。每个服务得到的账号标识都不同，服务之间不能凭它对照。核对实名时，信息会提交给公安等有权机关核对。',
    'privacy.cookies.heading': '浏览器里保存什么',
    'privacy.cookies.text':
      '登录状态、语言和显示方式，一个防止伪造操作的随机值，以及登录过的设备的标识，保留一年，用来认出新设备。没有广告，没有第三方统计。',
    'privacy.rights.heading': '您可以做什么',
    'privacy.rights.text':
      '在“我的账号”中查看授权过的服务并停止授权，查看登录记录。在“我的数据”中下载全部个人信息，或者注销账号。要更正个人信息，或者对处理方式有意见，请拨打 12345。',
    'accessibility.title': '无障碍声明',
    'accessibility.aim.heading': '我们的目标',
    'accessibility.aim.text': '按《网页内容无障碍指南》（WCAG）2.2 的 AA 级设计，让每个人都能独立登录。',
    'accessibility.means.heading': '可以怎样使用',
    'accessibility.means.text':
      '可以只用键盘，可以用读屏软件，可以放大到 400%，不需要 JavaScript。页面上方可以换成长辈版，深色显示跟随系统。可以粘贴密码和验证码。',
    'accessibility.limits.heading': '已知的不足',
    'accessibility.limits.text': '人脸核验需要摄像头。不方便使用的，请选择其他方式，或者到窗口办理。',
    'accessibility.tell.heading': '遇到困难请告诉我们',
    'accessibility.tell.text': '拨打 12345，说出页面名称、使用的设备和遇到的困难。',
    'terms.title': '用户协议',
    'terms.what.heading': '这是什么',
    'terms.what.text': '一个账号，登录各地各部门的政务服务。一个人只能有一个账号，并且要实名。',
    'terms.you.heading': '请您做到',
    'terms.you.text':
      '使用本人的真实信息，不出借账号，不把密码和验证码告诉别人。发现账号被别人使用，请立即拨打 12345。',
    'terms.we.heading': '我们做到',
    'terms.we.text':
      '免费提供登录。提供信息前告诉您是谁、要什么、为什么。不因为您不使用网上登录而减少窗口服务。',
    'terms.stop.heading': '暂停和注销',
    'terms.stop.text':
      '发现冒用等风险时，我们会暂停账号并说明原因和恢复办法。您可以随时要求注销账号，请拨打 12345。',
  },
  {
    'help.title': 'Common questions',
    'help.code.heading': 'The text message code does not arrive',
    'help.code.text':
      'Check your signal and blocked messages first. You can ask for a new code after a minute. After several codes you have to wait; the page shows until when. If the number is no longer yours, call 12345.',
    'help.password.heading': 'I forgot my password',
    'help.password.text':
      'You can sign in with a text message code, without a password. To choose a new one, open “Forgot your password?” on the sign-in page. If you do not have that number any more, create an account with your new number and take your ID card to a service counter.',
    'help.freeze.heading': 'You lost your phone, or think that somebody uses your account',
    'help.freeze.text':
      'Sign in, open Security and choose “Freeze account”: nobody can sign in any more. If you cannot sign in, call 12345. When we know that it is you, you open it again.',
    'help.match.heading': 'My details do not match',
    'help.match.text':
      'Common reasons: a rare character in your name, a changed name, a new ID card or a typing mistake. Compare with your document and try again. If it still fails, take your ID to a service counter.',
    'help.locked.heading': 'My account is locked for now',
    'help.locked.text':
      'After several wrong attempts an account is locked for a while; the page shows until when. This keeps others from guessing your password. If it is urgent, visit a service counter.',
    'help.scam.heading': 'Somebody asks me for a code',
    'help.scam.text':
      'Do not give it. Staff will never ask for your password or a text message code. If you gave it already, change your password now, look for sign-ins you do not know in your history, and call 12345.',
    'help.reference.heading': 'What the reference number is',
    'help.reference.text':
      'It stands on pages that tell of an error. Read it out when you call 12345, and staff can see what happened. It holds nothing about you.',
    'counters.title': 'Service counters',
    'counters.find.heading': 'How to find one',
    'counters.find.text':
      'Call 12345 and say your district and what you need. They tell you the nearest government service counter and its hours.',
    'counters.bring.heading': 'What to bring',
    'counters.bring.text':
      'Bring your own valid ID and the phone you use. If a page showed a reference number, note it down.',
    'counters.online.heading': 'Without internet or a smartphone',
    'counters.online.text': 'Everything you can do online you can do at a counter, without an account.',
    'privacy.title': 'Privacy',
    'privacy.collect.heading': 'What we collect',
    'privacy.collect.text':
      'Your name, ID number and phone number, to be sure that it is you. The time, means and network address of each sign-in, the city worked out from it, and the kind of browser, to notice others using your account. Of your password we keep a digest that cannot be turned back.',
    'privacy.keep.heading': 'How we keep it',
    'privacy.keep.text':
      'Your name, ID number and phone number are encrypted. Every access that can show them leaves a record, and records cannot be changed.',
    'privacy.share.heading': 'Who receives it',
    'privacy.share.text':
      'Only after you agree, the service you sign in to receives what the page listed. Each service knows you under a different identifier, so services cannot compare notes by it. To verify your identity, details go to the public security and other competent authorities.',
    'privacy.cookies.heading': 'What your browser keeps',
    'privacy.cookies.text':
      'Your sign-in, language and display, a random value against forged actions, and for a year a mark of this device after you signed in, to tell a new device from a known one. No advertising and no statistics by others.',
    'privacy.rights.heading': 'What you can do',
    'privacy.rights.text':
      'In your account you can see the services you agreed to and stop them, and see your sign-in history. Under “My data” you can download everything we keep about you, or delete your account. To correct your information, or to object, call 12345.',
    'accessibility.title': 'Accessibility',
    'accessibility.aim.heading': 'What we aim for',
    'accessibility.aim.text':
      'We design to level AA of the Web Content Accessibility Guidelines (WCAG) 2.2, so that everybody can sign in unaided.',
    'accessibility.means.heading': 'How you can use it',
    'accessibility.means.text':
      'With a keyboard alone, with a screen reader, enlarged to 400%, and without JavaScript. Large text is at the top of each page; dark display follows your system. You can paste passwords and codes.',
    'accessibility.limits.heading': 'What we know falls short',
    'accessibility.limits.text':
      'Face verification needs a camera. If that does not suit you, choose another way or visit a service counter.',
    'accessibility.tell.heading': 'Tell us about difficulties',
    'accessibility.tell.text': 'Call 12345 and say the page, your device and what was difficult.',
    'terms.title': 'Terms of use',
    'terms.what.heading': 'What this is',
    'terms.what.text':
      'One account to sign in to government services everywhere. One person has one account, under the real name.',
    'terms.you.heading': 'What we ask of you',
    'terms.you.text':
      'Use your own true details, do not lend your account, and tell nobody your password or codes. If somebody else uses your account, call 12345 at once.',
    'terms.we.heading': 'What we do',
    'terms.we.text':
      'Signing in is free. Before information goes out, we tell you who asks, for what and why. Counters serve you just as well if you do not sign in online.',
    'terms.stop.heading': 'Suspending and closing',
    'terms.stop.text':
      'When an account is at risk we suspend it and say why and how to get it back. You can ask to close your account at any time: call 12345.',
  },
);
