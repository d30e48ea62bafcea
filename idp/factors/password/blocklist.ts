// Words and passwords that guessers try first, Chinese ones included. Written by hand from what is commonly known;
// pieces.ts multiplies the words by digits, years, repetition and look-alike letters. SP 800-63B-4 3.1.1.2 (blocklist).

/** Words that a predictable password is built around, lower case. */
export const COMMON_WORDS: readonly string[] = `
password passwort passwd passw pass word admin administrator root user guest login logon signin welcome master manager
system server public private secret default changeme letmein iloveyou loveyou love lover lovely sunshine princess
monkey dragon shadow superman batman spiderman football baseball basketball soccer hockey michael jordan jessica
jennifer ashley daniel thomas robert charlie andrew joshua matthew anthony william george amanda nicole michelle
hunter ranger killer ninja pirate hello world freedom whatever nothing trustno flower summer winter spring autumn
monday friday sunday january october december orange banana apple cherry cookie chocolate pepper cheese chicken
tiger lion eagle panda rabbit horse falcon phoenix mustang ferrari porsche mercedes toyota yamaha harley corvette
computer internet windows microsoft google android samsung huawei xiaomi lenovo iphone apple12 linux ubuntu oracle
database mysql server2 test testing tester temp demo sample example student teacher school college family mother
father sister brother friend friends forever happy lucky money dollar silver golden diamond crystal angel heaven
star stars starwars pokemon naruto matrix gandalf hobbit merlin magic wizard knight king queen prince chelsea arsenal
liverpool barcelona madrid yankees lakers london paris china beijing shanghai guangzhou shenzhen hangzhou chengdu
chongqing nanjing wuhan tianjin xian suzhou taiwan hongkong macau zhongguo zhonghua zhejiang jiangsu guangdong
sichuan shandong henan hunan hubei hebei fujian anhui yunnan jiangxi
woaini woaiwo woaita niaiwo woaiziji woaimama woaibaba woaijia woaizhongguo woaiwojia woxiangni woxihuanni aini
wodemima mima mimamima wangji wangjile buzhidao zhidao meiyou meiyoumima wode zhanghao yonghu guanli guanliyuan
denglu zhuce ceshi xitong gongsi laoban laopo laogong baobao baobei qinaide wobuzhidao nihao nihaoma zaijian
xiexie haoma haohao kuaile xingfu pingan jiankang facai fadacai gongxi shengri shengrikuaile xinnian xinniankuaile
baba mama gege jiejie didi meimei yeye nainai erzi nver tongxue laoshi xuesheng xuexiao daxue zhongxue pengyou
zhang wang li zhao liu chen yang huang zhou wu xu sun hu zhu gao lin he guo luo song zheng liang xie han tang feng
xiao cheng cao yuan deng peng zeng tian dong pan jiang cai jia ding wei xue ye yan yu dai fan fang shi yao tan liao
zou xiong jin lu hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan lei qian yin
lihua wanghua zhanghua com net org www zhangsan lisi wangwu zhaoliu zhangwei wangwei lina wangfang zhangmin lijing wangjing liwei zhangjing wanglei lijun
zhanglei chenjie yangyang lili xiaoming xiaohong xiaoli xiaolong xiaoyu tiantian xingxing mingming
taobao alipay zhifubao weixin wechat tencent tengxun baidu alibaba douyin tiktok weibo jingdong xinlang sina sohu
netease wangyi tianya renren kaixin youku dota lol wow csgo minecraft genshin
gongan zhengfu zhengwu shebao gongjijin shenfenzheng yinhang shoujihao shouji dianhua
abc abcd abcde abcdef abcabc asd asdf asdfg asdasd qwe qwer qwert qweasd qweasdzxc qazwsx qazwsxedc zxc zxcv zxcvb
zxcvbn zaq wsx edc rfv tgb yhn aaa bbb xxx zzz zxcasdqwe asdzxc wasd poi poiu poiuy lkj lkjh mnb mnbv
`
  .trim()
  .split(/\s+/);

/** Number strings that carry a meaning in Chinese, or that everybody types. */
export const COMMON_NUMBERS: readonly string[] = `
520 521 1314 5201314 5211314 1314520 1314521 520520 13145200 7758521 7758258 584520 584521 5845201314 3344520 3344521
147258 147258369 147852 147852369 159357 159753 258369 258456 123321 1234321 123123 112233 11223344 1122334455 121212
131313 123654 123654789 456456 456852 741852 741852963 789456 789456123 987654 963852 963852741 159159 147147 258258
369369 110110 110119 119119 120120 12306 10086 10010 10000 95588 168168 188188 518518 588588 668668 778899 886886
998877 100200 102030 111222 111222333 112211 122333 123789 135790 135792468 142536 246810 13579 24680 321321 666888
666999 686868 696969 688688 888666 888999 999888 789789 101010 202020 007007 1010 1212 1122 1233 2580 0852 4321 314159
31415926 3141592653 314159265358979 1q2w 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc q1w2e3 q1w2e3r4 a1b2c3
a1b2c3d4 a1s2d3 z1x2c3 zaq1 zaq12wsx qaz123 wsx123 x4jeg o0i9 p0o9i8 5tgb6yhn 7ujm8ik 3edc4rfv
`
  .trim()
  .split(/\s+/);

/** Whole passwords in Chinese characters and others that no rule below would catch. */
export const COMMON_WHOLE: readonly string[] = `
我爱你我爱你我爱你 我爱中国我爱中国 一二三四五六七八 一二三四五六七八九 一二三四五六七八九十 天天向上好好学习 好好学习天天向上
恭喜发财恭喜发财 新年快乐万事如意 万事如意身体健康 祖国万岁人民万岁 中华人民共和国 中国人民共和国 为人民服务为人民服务
letmeinplease correcthorsebatterystaple thisismypassword mypasswordis trustno1trustno1 ihatepasswords
idontknowidontknow opensesame opensesameopensesame iamthebest whatisthepassword thequickbrownfox
tobeornottobe tobeornottobethatisthequestion maytheforcebewithyou
`
  .trim()
  .split(/\s+/);
