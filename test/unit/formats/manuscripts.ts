import * as fc from "fast-check";

// Pieces without white space are listed in a line; the others follow.
const pieces = (list: string): string[] => list.split(" ");
const syntax = [
  ...pieces("** ~~ *** ![ ]( ][ <!-- --> <![CDATA[ * _ ~ ` [ ] ( ) < > ! & # ; : / . - + | \\ = ' \""),
  ..."\n|\n\n|  \n|\t| |# |> |- |1. |- [x] |    |```\n|---\n|[a]: /b\n".split("|"),
  "| a | b |\n|:-:|--:|\n| ",
  ..."\n::: 提示|\n::: 诗 题\n|\n:::\n|\n::: 视频\n|\n::: 二维码 扫\n|[^1]|[^二]|\n[^1]: |\n[^二]: |\n    ".split("|"),
];
const words = [
  ..."中文，。“”（）《》：—…　a1𠮷👨‍👩‍👧é",
  ...pieces("English 3~5 重点： &nbsp; &#60; &#x22; &lt; &amp; &#1;"),
];
const attacks = [
  ...pieces(
    '<script> </script> </a> <pre> <br> </p> "><b> (< >) javascript:alert(1) java&#115;cript:x data:text/html,x',
  ),
  ...pieces("//evil.cn /\\evil.cn vbscript:x http://a.cn https://b.cn/中文 www.c.cn a@b.cn <http://d.cn> /path #part"),
  ...pieces("https://mp.weixin.qq.com/s/x [a](https://a.cn) ![图](https://a.cn/x.png) [![图](/y.png)](http://z.cn)"),
  "[a </a> http://b.cn](http://c.cn)",
  "<a href='javascript:x'>",
  "<img src=x onerror=y>",
  "(https://a.cn '\"x=y')",
];
const piece = fc.oneof(
  ...[syntax, words, attacks].map((list) => fc.constantFrom(...list)),
  fc.string({ unit: "binary" }),
);
/** Any manuscript: syntax, words and attacks in any order, and any characters. */
export const manuscript = fc.array(piece, { maxLength: 50 }).map((parts) => parts.join(""));

const inline = fc.oneof(
  fc.constantFrom(...words, ...attacks),
  fc.constantFrom(
    ..."**粗** *斜* ~~删~~ `码` [链](/a) [](/b) ![图](/c.jpg) ![](d:x) [^1] [^二] <br> [甲[^1]](/x)".split(" "),
  ),
);
const line = fc.array(inline, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("").replaceAll("\n", " "));

// Every block that a manuscript can have, with `#` where its words go.
const BLOCKS = [
  ..."# 甲#|- #\n- [x] #\n  1. #|3. #\n\n   #|> #\n>\n> #|```\n#\n```|---|#\n#|来源：甲|记者 王芳|张三 摄".split("|"),
  ...'![#](/a.jpg)\n#|![图](/a.jpg "注")|![图](/a.jpg)|![](/a.jpg)\n#|![图](data:x)\n#'.split("|"),
  ...[" 题", ""].flatMap((title) => [
    ...["提示", "背景", "诗", "视频", "二维码"].map((name) => `::: ${name}${title}\n#\n#\n\n#\n:::`),
    ...["视频", "二维码"].map((name) => `::: ${name}${title}\n![#](/a.jpg)\n[#](/b)\n#\n:::`),
    ...["视频", "二维码"].map((name) => `::: ${name}${title}\n[#](https://a.cn/b)\n:::`),
  ]),
  "| # | # |\n|---|--:|\n| # | # |",
  "[^1]: #",
  "[^二]: #\n\n    #",
];
const block = fc
  .tuple(fc.constantFrom(...BLOCKS), fc.array(line, { minLength: 6, maxLength: 6 }))
  .map(([shape, lines]) => shape.replaceAll(/#(?! 甲)/g, () => lines.shift() ?? ""));

/** A manuscript as an office writes it, block by block: what chance alone seldom puts together. */
export const wellBuilt = fc.array(block, { minLength: 1, maxLength: 6 }).map((blocks) => blocks.join("\n\n"));

const calls = [
  ...pieces(
    "<@userid> <@U123> <!channel> <!here|x> <#C1> <@&1> <:a:1> <t:1> @all @everyone @here @13800000000 @name :OK: :tada:",
  ),
  ...pieces(
    "<at></at> </at> </font> tg://user?id=1 [x](tg://user?id=1) http://u@a.cn/ || __ `` ```` &lt;at &#60;!here> \\* \\",
  ),
  '<at user_id="all">',
  "<at id=all></at>",
  '<font color="warning">',
  "\n-# ",
  "\n+ ",
  "\n=\n",
  "\n    x\n",
  "\n```md\n[a](b) <@1>\n```\n",
];

/** Any manuscript, with what calls people and makes marks in chats; or a well built one. */
export const chatManuscript = fc.oneof(
  fc.array(fc.oneof(piece, fc.constantFrom(...calls)), { maxLength: 50 }).map((parts) => parts.join("")),
  wellBuilt,
);
