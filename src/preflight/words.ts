/** Words that the rules on names go by. */

/** The commonest surnames: what follows a title and begins with one is taken for a name. */
export const SURNAMES = new Set(
  "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文霍齐兰穆耿陶班容狄聂郜单晏尤亢鞠扶臧辛岑柏鲁葛岳詹关柳".split(
    "",
  ),
);

/** Titles that a name may follow. The longest fits first. */
export const TITLES = [
  "党支部书记",
  "党委书记",
  "组织委员",
  "宣传委员",
  "驻村第一书记",
  "第一书记",
  "负责人",
  "理事长",
  "董事长",
  "总经理",
  "秘书长",
  "村主任",
  "书记",
  "主任",
  "部长",
  "局长",
  "县长",
  "镇长",
  "乡长",
  "科长",
  "处长",
  "站长",
  "校长",
  "院长",
  "所长",
  "队长",
  "会长",
  "社长",
  "组长",
  "经理",
  "会计",
  "记者",
  "通讯员",
];

/** What comes after a name and is no part of it. */
export const AFTER_NAME = new Set(
  "说在的是和与及同到对向为将来去也还就又都带领主持讲介召回走指强表要把被从给让以则率并等曾正已便看听问答笑蹲站坐拿写告算常深前出作做参任接先代共了着过".split(
    "",
  ),
);
