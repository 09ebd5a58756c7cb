"""Mandarin readings that a general dictionary gets wrong: polyphones and neutral tones."""

from tfgan_audio.text.rules import compiled

# Characters -> pinyin with the tones before any tone sandhi; the longest that fits is used.
PHRASES = {
    # neutral tones
    "东西方": "dong1 xi1 fang1", "东西部": "dong1 xi1 bu4", "东西向": "dong1 xi1 xiang4",
    "东西": "dong1 xi5", "妈妈": "ma1 ma5", "爸爸": "ba4 ba5", "哥哥": "ge1 ge5",
    "姐姐": "jie3 jie5", "弟弟": "di4 di5", "妹妹": "mei4 mei5", "爷爷": "ye2 ye5",
    "奶奶": "nai3 nai5", "叔叔": "shu1 shu5", "喜欢": "xi3 huan5", "朋友": "peng2 you5",
    "衣服": "yi1 fu5", "关系": "guan1 xi5", "眼睛": "yan3 jing5", "明白": "ming2 bai5",
    "漂亮": "piao4 liang5", "便宜": "pian2 yi5", "认识": "ren4 shi5", "知道": "zhi1 dao5",
    "时候": "shi2 hou5", "事情": "shi4 qing5", "先生": "xian1 sheng5", "学生": "xue2 sheng5",
    "医生": "yi1 sheng1", "告诉": "gao4 su5", "谢谢": "xie4 xie5", "月亮": "yue4 liang5",
    "休息": "xiu1 xi5", "消息": "xiao1 xi5", "商量": "shang1 liang5", "打算": "da3 suan5",
    "客气": "ke4 qi5", "师傅": "shi1 fu5", "大夫": "dai4 fu5", "头发": "tou2 fa5",
    "答应": "da1 ying5", "结实": "jie1 shi5", "暖和": "nuan3 huo5", "热闹": "re4 nao5",
    "舒服": "shu1 fu5", "麻烦": "ma2 fan5", "清楚": "qing1 chu5", "聪明": "cong1 ming5",
    "干净": "gan1 jing5", "糊涂": "hu2 tu5", "马虎": "ma3 hu5", "窗户": "chuang1 hu5",
    "豆腐": "dou4 fu5", "耳朵": "er3 duo5", "鼻子": "bi2 zi5", "嘴巴": "zui3 ba5",
    "胳膊": "ge1 bo5", "脑袋": "nao3 dai5", "玻璃": "bo1 li5", "葡萄": "pu2 tao5",
    "故事": "gu4 shi5", "力气": "li4 qi5", "脾气": "pi2 qi5", "生意": "sheng1 yi5",
    "意思": "yi4 si5", "太阳": "tai4 yang5", "丈夫": "zhang4 fu5", "名字": "ming2 zi5",
    "地方": "di4 fang5", "困难": "kun4 nan5", "多少": "duo1 shao5", "护士": "hu4 shi5",
    "亲戚": "qin1 qi5", "行李": "xing2 li5", "钥匙": "yao4 shi5", "扫帚": "sao4 zhou5",
    "萝卜": "luo2 bo5", "石榴": "shi2 liu5", "牌楼": "pai2 lou5", "部分": "bu4 fen5",
    "吩咐": "fen1 fu5", "打听": "da3 ting5", "收拾": "shou1 shi5", "凉快": "liang2 kuai5",
    "厉害": "li4 hai5", "老实": "lao3 shi5", "规矩": "gui1 ju5", "骆驼": "luo4 tuo5",
    "狐狸": "hu2 li5", "晚上": "wan3 shang5", "早上": "zao3 shang5", "边上": "bian1 shang5",
    "里面": "li3 mian4", "里头": "li3 tou5", "外头": "wai4 tou5", "木头": "mu4 tou5",
    "石头": "shi2 tou5", "馒头": "man2 tou5", "枕头": "zhen3 tou5", "舌头": "she2 tou5",
    "指头": "zhi3 tou5", "骨头": "gu3 tou5", "骨头里": "gu3 tou5 li5", "码头": "ma3 tou5",
    "差事": "chai1 shi5", "和尚": "he2 shang5", "下巴": "xia4 ba5", "尾巴": "wei3 ba5",
    "看看": "kan4 kan5", "想想": "xiang3 xiang5", "试试": "shi4 shi5", "听听": "ting1 ting5",
    "说说": "shuo1 shuo5", "走走": "zou3 zou5", "等等": "deng3 deng3", "儿子": "er2 zi5",
    "一会儿": "yi1 hui4 er5", "女儿": "nv3 er2",
    # 行 长 重 乐 觉
    "银行": "yin2 hang2", "行长": "hang2 zhang3", "行业": "hang2 ye4", "同行": "tong2 hang2",
    "行列": "hang2 lie4", "一行字": "yi1 hang2 zi4", "一行行": "yi1 hang2 hang2",
    "全长": "quan2 chang2", "总长": "zong3 chang2",
    "长大": "zhang3 da4", "校长": "xiao4 zhang3", "局长": "ju2 zhang3", "长高": "zhang3 gao1",
    "家长": "jia1 zhang3", "市长": "shi4 zhang3", "部长": "bu4 zhang3", "成长": "cheng2 zhang3",
    "长得": "zhang3 de5", "长出": "zhang3 chu1", "长辈": "zhang3 bei4", "增长": "zeng1 zhang3",
    "重新": "chong2 xin1", "重复": "chong2 fu4", "重庆": "chong2 qing4", "重阳": "chong2 yang2",
    "重来": "chong2 lai2", "重写": "chong2 xie3", "音乐": "yin1 yue4", "乐器": "yue4 qi4",
    "乐队": "yue4 dui4", "音乐会": "yin1 yue4 hui4", "睡觉": "shui4 jiao4",
    "午觉": "wu3 jiao4", "觉得": "jue2 de5", "睡了一觉": "shui4 le5 yi1 jiao4",
    # 还 都 得 地 着 了
    "还钱": "huan2 qian2", "还书": "huan2 shu1", "还给": "huan2 gei3", "归还": "gui1 huan2",
    "还债": "huan2 zhai4", "偿还": "chang2 huan2", "还清": "huan2 qing1", "都市": "du1 shi4",
    "首都": "shou3 du1", "成都": "cheng2 du1", "古都": "gu3 du1", "得到": "de2 dao4",
    "得了": "de2 le5", "不得不": "bu4 de2 bu4", "获得": "huo4 de2", "懂得": "dong3 de5",
    "记得": "ji4 de5", "值得": "zhi2 de5", "舍得": "she3 de5", "难得": "nan2 de2",
    "取得": "qu3 de2", "心得": "xin1 de2", "着急": "zhao2 ji2", "睡着了": "shui4 zhao2 le5",
    "睡不着": "shui4 bu5 zhao2", "着火": "zhao2 huo3", "着凉": "zhao2 liang2",
    "穿着打扮": "chuan1 zhuo2 da3 ban4", "沉着": "chen2 zhuo2", "着手": "zhuo2 shou3",
    "着装": "zhuo2 zhuang1", "了解": "liao3 jie3", "了不起": "liao3 bu5 qi3",
    "受不了": "shou4 bu5 liao3", "忘不了": "wang4 bu5 liao3", "吃不了": "chi1 bu5 liao3",
    "为了": "wei4 le5", "除了": "chu2 le5", "目的地": "mu4 di4 di4", "草地": "cao3 di4",
    "土地": "tu3 di4", "当地": "dang1 di4", "绿地": "lv4 di4", "地上": "di4 shang5",
    # 教 数 种 中 好 少 当 相 应 干 空
    "教室": "jiao4 shi4", "教书": "jiao1 shu1", "教我": "jiao1 wo3", "教你": "jiao1 ni3",
    "教他": "jiao1 ta1", "教我们": "jiao1 wo3 men5", "数一数": "shu3 yi5 shu3",
    "数数": "shu3 shu4", "数不清": "shu3 bu5 qing1", "种树": "zhong4 shu4",
    "种花": "zhong4 hua1", "种菜": "zhong4 cai4", "种地": "zhong4 di4", "种了": "zhong4 le5",
    "种植": "zhong4 zhi2", "播种": "bo1 zhong4", "中奖": "zhong4 jiang3", "打中": "da3 zhong4",
    "猜中": "cai1 zhong4", "中毒": "zhong4 du2", "爱好": "ai4 hao4", "好奇": "hao4 qi2",
    "好客": "hao4 ke4", "少年": "shao4 nian2", "青少年": "qing1 shao4 nian2",
    "上当": "shang4 dang4", "当作": "dang4 zuo4", "适当": "shi4 dang4", "照相": "zhao4 xiang4",
    "相机": "xiang4 ji1", "照相机": "zhao4 xiang4 ji1", "长相": "zhang3 xiang4",
    "相声": "xiang4 sheng5", "应该": "ying1 gai1", "应用": "ying4 yong4",
    "反应": "fan3 ying4", "干活": "gan4 huo2", "干什么": "gan4 shen2 me5",
    "干吗": "gan4 ma2", "能干": "neng2 gan4", "空儿": "kong4 er5", "有空": "you3 kong4",
    "没空": "mei2 kong4", "空闲": "kong4 xian2", "填空": "tian2 kong4", "空调": "kong1 tiao2",
    # 为 发 调 传 弹 便 差 参 朝 率 角 薄
    "为什么": "wei4 shen2 me5", "因为": "yin1 wei4", "认为": "ren4 wei2",
    "以为": "yi3 wei2", "成为": "cheng2 wei2", "作为": "zuo4 wei2", "为难": "wei2 nan2",
    "行为": "xing2 wei2", "理发": "li3 fa4", "发型": "fa4 xing2", "白发": "bai2 fa4",
    "调查": "diao4 cha2", "声调": "sheng1 diao4", "强调": "qiang2 diao4",
    "调整": "tiao2 zheng3", "自传": "zi4 zhuan4", "传记": "zhuan4 ji4",
    "水浒传": "shui3 hu3 zhuan4", "子弹": "zi3 dan4", "炸弹": "zha4 dan4",
    "弹钢琴": "tan2 gang1 qin2", "差不多": "cha4 bu5 duo1", "出差": "chu1 chai1",
    "差别": "cha1 bie2", "差距": "cha1 ju4", "时差": "shi2 cha1", "人参": "ren2 shen1",
    "参差不齐": "cen1 ci1 bu4 qi2", "朝阳": "zhao1 yang2", "朝阳区": "chao2 yang2 qu1",
    "朝代": "chao2 dai4", "朝气": "zhao1 qi4", "率领": "shuai4 ling3", "角色": "jue2 se4",
    "主角": "zhu3 jue2", "薄荷": "bo4 he5", "薄弱": "bo2 ruo4", "降落": "jiang4 luo4",
    "投降": "tou2 xiang2", "假期": "jia4 qi1", "放假": "fang4 jia4", "请假": "qing3 jia4",
    "宿舍": "su4 she4", "一宿": "yi1 xiu3", "系鞋带": "ji4 xie2 dai4", "系领带": "ji4 ling3 dai4",
    "尽量": "jin3 liang4", "尽管": "jin3 guan3", "大量": "da4 liang4", "测量": "ce4 liang2",
    "会计": "kuai4 ji4", "模样": "mu2 yang4", "血淋淋": "xie3 lin2 lin2", "流血": "liu2 xie3",
    "曲子": "qu3 zi5", "歌曲": "ge1 qu3", "弯曲": "wan1 qu1", "卷子": "juan4 zi5",
    "转圈": "zhuan4 quan1", "旋转": "xuan2 zhuan3", "转身": "zhuan3 shen1",
    "背包": "bei1 bao1", "背着": "bei1 zhe5", "背书": "bei4 shu1", "丢三落四": "diu1 san1 la4 si4",
    "似的": "shi4 de5", "给予": "ji3 yu3", "供给": "gong1 ji3", "处理": "chu3 li3",
    "相处": "xiang1 chu3", "好处": "hao3 chu5", "到处": "dao4 chu4", "散文": "san3 wen2",
    "散步": "san4 bu4", "切菜": "qie1 cai4", "一切": "yi1 qie4", "倒车": "dao4 che1",
    "倒水": "dao4 shui3", "摔倒": "shuai1 dao3", "挑战": "tiao3 zhan4", "盛饭": "cheng2 fan4",
    "茂盛": "mao4 sheng4", "省钱": "sheng3 qian2", "反省": "fan3 xing3", "暴露": "bao4 lu4",
    "露馅": "lou4 xian4", "扎实": "zha1 shi5", "扎针": "zha1 zhen1", "钻石": "zuan4 shi2",
    "累积": "lei3 ji1", "劳累": "lao2 lei4", "结果": "jie2 guo3", "奇数": "ji1 shu4",
    "说服": "shuo1 fu2", "游说": "you2 shui4", "厦门": "xia4 men2", "六安": "lu4 an1",
    "单于": "chan2 yu2", "蚌埠": "beng4 bu4", "大厦": "da4 sha4", "下载": "xia4 zai4",
    "记载": "ji4 zai3", "一年半载": "yi1 nian2 ban4 zai3", "载重": "zai4 zhong4",
    "吐痰": "tu3 tan2", "呕吐": "ou3 tu4", "恶心": "e3 xin5", "可恶": "ke3 wu4",
    "厌恶": "yan4 wu4", "称职": "chen4 zhi2", "对称": "dui4 chen4", "称呼": "cheng1 hu5",
    "兴趣": "xing4 qu4", "高兴": "gao1 xing4", "兴奋": "xing1 fen4", "要求": "yao1 qiu2",
    "宁可": "ning4 ke3", "将军": "jiang1 jun1", "强迫": "qiang3 po4", "勉强": "mian3 qiang3",
    "倔强": "jue2 jiang4", "对不起": "dui4 bu5 qi3", "来不及": "lai2 bu5 ji2",
    "怎么样": "zen3 me5 yang4", "什么": "shen2 me5", "这么": "zhe4 me5", "那么": "na4 me5",
    "怎么": "zen3 me5", "多么": "duo1 me5", "姓曾": "xing4 zeng1", "曾经": "ceng2 jing1",
    "姓单": "xing4 shan4", "姓仇": "xing4 qiu2", "姓任": "xing4 ren2", "姓解": "xing4 xie4",
    "北大": "bei3 da4", "二维码": "er4 wei2 ma3", "微信": "wei1 xin4", "液晶": "ye4 jing1",
}  # fmt: skip

_ANY = "[\u4e00-\u9fff]"
_COUNT = "一二两三四五六七八九十几百千这那每各"
# A pattern around one character -> its reading there.
POLYPHONES = compiled(
    # 得 as "must" before what has to be done, else the particle behind a verb
    (r"(?:(?<=[我你他她它们都就还必总又您谁家也])|(?<=可能))得(?=[^到了很分出])", "dei3"),
    (rf"(?<={_ANY})得(?=[很非真太比更不挺特好快慢高远近早晚多少清漂整开像])", "de5"),
    # 地 behind an adverb, before a verb
    (rf"(?<={_ANY}{_ANY})地(?=[说走看听想做学笑跑问答工写吃喝站坐等飞讲喊叫努])", "de5"),
    (rf"(?<=[{_COUNT}])只(?=[鸟猫狗鸡鸭兔羊猪鞋手眼脚熊虎老小船蚊蝴])", "zhi1"),
    (rf"(?<=[{_COUNT}])种", "zhong3"),
    (rf"(?<=[{_COUNT}])行(?=[字诗树])", "hang2"),
    (r"为(?=[零二两三四五六七八九十]|一[百千万亿点])", "wei2"),
    (r"中(?=[了奖毒标弹枪暑])", "zhong4"),
    (r"为(?=[你我他她它人大])", "wei4"),
    (r"数(?=[到着了])", "shu3"),
    (rf"(?<={_ANY})们", "men5"),
    (r"长(?=[了着满])", "zhang3"),
)

# Readings of characters that stand alone, where the dictionary has a rarer one first.
CHARACTERS = {
    "长": "chang2", "得": "de5", "教": "jiao1", "弹": "tan2", "切": "qie1", "曲": "qu3",
    "似": "si4", "调": "tiao2", "佛": "fo2", "谁": "shei2", "削": "xiao1", "挣": "zheng4",
    "脏": "zang1", "嗯": "en1", "哦": "o5", "咯": "lo5", "喽": "lou5", "拧": "ning3",
    "撇": "pie3", "撒": "sa3", "帖": "tie3", "爪": "zhua3", "幢": "zhuang4", "琢": "zhuo2",
}  # fmt: skip
# 儿 that only colours the syllable before it.
RHOTIC_AFTER = frozenset("哪这那玩花事点块味劲活伴头准空会门圈画歌鸟份盆")
# Behind these it is a syllable of its own, whatever the word.
FULL_ER = frozenset(("女儿", "婴儿", "幼儿", "孤儿", "胎儿", "少儿", "男儿", "健儿", "儿童"))
# Particles, always neutral at the end of a word or clause.
NEUTRAL = {
    "的": "de5", "了": "le5", "吗": "ma5", "呢": "ne5", "吧": "ba5", "啊": "a5", "呀": "ya5",
    "嘛": "ma5", "们": "men5", "着": "zhe5", "么": "me5", "哦": "o5", "啦": "la5", "哇": "wa5",
}  # fmt: skip
