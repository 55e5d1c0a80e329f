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
