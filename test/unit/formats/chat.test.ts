import { describe, expect, it } from "vitest";
import {
  dingtalkFeed,
  discordList,
  feishuList,
  feishuPostList,
  parseMarkdown,
  type Piece,
  pieceOf,
  renderDingtalk,
  renderDiscord,
  renderFeishu,
  renderFeishuPost,
  renderSlack,
  renderTelegram,
  renderWecom,
  slackList,
  type Summary,
  telegramList,
  telegramMessage,
  telegramPhoto,
  telegramRich,
  wecomNews,
} from "../../../src/formats/index.ts";
import article from "./golden/article.md?raw";
import office from "./golden/office.md?raw";
import {
  readDingtalk,
  readDiscord,
  readFeed,
  readFeishu,
  readNews,
  readPost,
  readRich,
  readSlack,
  readTelegram,
  readWecom,
} from "./read-chat.ts";

const summary: Summary = {
  title: "化德县召开党建工作推进会",
  digest: "坚持“项目为王”，部署下半年重点任务。",
  url: "https://kanfa.test/posts/7",
  cover: "https://kanfa.test/media/cover.jpg",
  column: "要闻",
  unit: "长顺镇",
};
const piece = (markdown: string, more: Partial<Summary> = {}): Piece =>
  pieceOf({ ...summary, ...more }, parseMarkdown(markdown));
const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

describe.each(Object.entries({ article, office }))("%s in every chat medium", (name, markdown) => {
  const whole = piece(markdown);
  const golden = (file: string) => `golden/${name}.${file}`;
  it.each([
    ["telegram.json", json(telegramMessage(whole))],
    ["telegram-rich.json", json(renderTelegram(whole))],
    ["wecom.md", `${renderWecom(whole).markdown_v2.content}\n`],
    ["dingtalk.md", `${renderDingtalk(whole).markdown.text}\n`],
    ["feishu.json", json(renderFeishu(whole))],
    ["feishu-post.json", json(renderFeishuPost(whole))],
    ["slack.json", json(renderSlack(whole))],
    ["discord.json", json(renderDiscord(whole))],
  ])("%s", (file, written) => expect(written).toMatchFileSnapshot(golden(file)));
});

describe("an article that is too long", () => {
  const long = piece(`${"化德县召开党建工作推进会👨‍👩‍👧，".repeat(60)}\n\n`.repeat(60));
  const ends = (text: string) => expect(text.replace(/\s+/g, "")).toMatch(/…(?:\[?)阅读全文/);

  it("Telegram: UTF-16 units, and the way to the rest is a link", () => {
    const { text, entities } = telegramMessage(long);
    readTelegram(text, entities, 4096);
    expect(text.length).toBeGreaterThan(4060);
    ends(text);
    const link = entities.at(-1);
    expect(link).toMatchObject({ type: "text_link", url: summary.url });
    expect(text.slice(link?.offset)).toBe("阅读全文");
  });

  it("WeCom and DingTalk: bytes", () => {
    const wecom = renderWecom(long);
    readWecom(wecom);
    expect(Buffer.byteLength(wecom.markdown_v2.content)).toBeGreaterThan(4030);
    const dingtalk = renderDingtalk(long);
    readDingtalk(dingtalk);
    expect(Buffer.byteLength(JSON.stringify(dingtalk))).toBeGreaterThan(19_930);
    ends(wecom.markdown_v2.content);
    ends(dingtalk.markdown.text);
  });

  it("Feishu, Slack, Discord, and a caption", () => {
    for (const seen of [readFeishu(renderFeishu(long)), readPost(renderFeishuPost(long)), readSlack(renderSlack(long))])
      ends(seen.text);
    const [embed] = renderDiscord(long).embeds;
    ends(embed?.description ?? "");
    expect(embed?.description?.length).toBeGreaterThan(4060);
    const photo = telegramPhoto(long);
    readTelegram(photo?.caption ?? "", photo?.caption_entities ?? [], 1024);
    ends(photo?.caption ?? "");
  });

  it("never inside a grapheme", () => {
    for (let more = 0; more < 24; more++) {
      const { text } = telegramMessage(piece(`${"a".repeat(more)}${"👨‍👩‍👧".repeat(2000)}`));
      expect(text).toMatch(/^[^…👨]*(?:👨‍👩‍👧)+…\n\n阅读全文$/u);
    }
  });

  it("no rich message beyond its limits", () => {
    expect(telegramRich(piece("段\n\n".repeat(490)))).not.toBeNull();
    expect(telegramRich(piece("段\n\n".repeat(500)))).toBeNull();
    expect(telegramRich(piece("字".repeat(33_000)))).toBeNull();
    expect(telegramRich(piece("![](https://a.cn/x.png)\n\n".repeat(51)))).toBeNull();
    expect(renderTelegram(long).method).toBe("sendMessage");
    const wide = `|${"a|".repeat(21)}\n|${"-|".repeat(21)}\n`;
    readRich(telegramRich(piece(wide)) ?? expect.fail("no rich message"));
  });

  it("a table is cut after a row, and its head stays", () => {
    const rows = Array.from({ length: 400 }, (_, n) => `| 第${n}行 | ${"字".repeat(10)} |`);
    const { content } = renderWecom(piece(`| 行 | 字 |\n|--|--|\n${rows.join("\n")}`)).markdown_v2;
    expect(content).toMatch(/\| 行 \| 字 \|\n\| :-- \| :-- \|\n\| 第0行 [\s\S]* \|\n\n\[阅读全文\]/);
  });
});

describe("what would call somebody, or be markup", () => {
  const hostile = [
    "<@userid> @all @13800000000 @everyone @here @somebody <!channel> <!here|x> <@U1>",
    '<at user_id="all">所有人</at><at id=all></at><font color="warning">x</font> :OK:',
    "[a](tg://user?id=1) \\[b\\](http://evil.cn) \\!\\[c\\](https://evil.cn/x.png)",
    "\\# x\n\\> y\n\\- z\n1\\. w\n\\`\\`\\`",
    "`<at id=all></at> <@userid>`\n\n```\n<at id=all></at> <@userid> [a](http://evil.cn)\n```",
    "![<@1> [x](http://evil.cn) @everyone](https://a.cn/<at>.png)",
  ].join("\n\n");
  const whole = piece(hostile, { title: hostile.split("\n")[0] ?? "", unit: "<!channel> @all" });

  it("is words to every reader", () => {
    const { text, entities } = telegramMessage(whole);
    const all = [
      readTelegram(text, entities, 4096),
      readRich(telegramRich(whole) ?? expect.fail("too long")),
      readWecom(renderWecom(whole)),
      readDingtalk(renderDingtalk(whole)),
      readFeishu(renderFeishu(whole)),
      readPost(renderFeishuPost(whole)),
      readSlack(renderSlack(whole)),
      readDiscord(renderDiscord(whole)),
    ];
    for (const { text, links } of all) {
      expect(text.normalize("NFKC").replaceAll(/\s/g, "")).toContain(
        "<@userid>@all@13800000000@everyone@here@somebody",
      );
      // An address that was written out is one in any chat.
      const ways = links.filter((url) => !url.includes("//evil.cn") || !text.includes(url.replace(/\/$/, "")));
      expect(ways.filter((url) => !/^https:\/\/(?:kanfa\.test|a\.cn)\//.test(url))).toEqual([]);
    }
  });

  it("Discord is told to call nobody whatever is written", () =>
    expect(renderDiscord(whole).allowed_mentions).toEqual({ parse: [] }));
});

describe("looks", () => {
  const wecom = (markdown: string) =>
    renderWecom(piece(markdown)).markdown_v2.content.split("\n\n").slice(2, -1).join("\n\n");
  it.each([
    ["坚持**“项目为王”**理念", "坚持“**项目为王**”理念"],
    ["**重点：**做好", "**重点**：做好"],
    ["**（一）任务**", "**（一）任务**"],
    ["**甲***乙*丙", "**甲**乙丙"],
    ["~~删除。~~后文", "~~删除~~。后文"],
    ["**甲。**~~“乙”~~**丙**", "**甲**。“~~乙~~”**丙**"],
    ["**[链接](https://a.cn)**后", "[链接](https://a.cn/)后"],
    ["a\\*b", "a＊b"],
    ["甲<br>:---<br>:--:", "甲  \n：---  \n：--:"],
    ["甲<br>:-) 乙", "甲  \n:-) 乙"],
    ["snake_case_name", "snake_case_name"],
    ["3~5月", "3～5月"],
    ["- 甲\n  1. 乙", "• 甲  \n　1． 乙"],
    ["> 引用\n>\n> - 项", "> 引用\n>\n> • 项"],
    ["来电[办公室](tel:0474-1)、[信箱](mailto:a@b.cn)", "来电办公室（0474-1）、信箱（a@b.cn）"],
    ["[站内](/posts/1)[上文](#a)", "[站内](https://kanfa.test/posts/1)上文"],
    ["![图](http://a.cn/x.png)", "［图：图］"],
    ["![图](/x.png)", "![图](https://kanfa.test/x.png)"],
    ["![图](/x.png)\n图", "![图](https://kanfa.test/x.png)\n\n图"],
  ])("%s", (markdown, written) => expect(wecom(markdown)).toBe(written));

  it("entities of Telegram: nothing overlaps code, quotes are one, languages are named", () => {
    const { text, entities } = telegramMessage(
      piece("> 引**用**\n>\n> `码`\n\n```ts\nx\n```\n\n**[`a`](https://a.cn)**"),
    );
    readTelegram(text, entities, 4096);
    const shown = entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);
    expect(shown.slice(2, -1)).toEqual([
      ["blockquote", "引用\n\n码"],
      ["bold", "用"],
      ["code", "码"],
      ["pre", "x"],
      ["text_link", "a"],
      ["bold", "a"],
    ]);
    expect(entities.find(({ type }) => type === "pre")).toMatchObject({ language: "ts" });
  });

  it.each(["> `码`", "> ```\n> 码\n> ```"])("a quote that is nothing but code stands around it: %s", (markdown) => {
    const { text, entities } = telegramMessage(piece(markdown));
    readTelegram(text, entities, 4096);
    expect(entities.slice(2, -1).map(({ type }) => type)).toEqual([
      "blockquote",
      expect.stringMatching(/^code$|^pre$/),
    ]);
  });

  it("of more than a hundred entities the links stay, the last one above all", () => {
    const { text, entities } = telegramMessage(piece("**a** b `c` ".repeat(90)));
    readTelegram(text, entities, 4096);
    expect(entities).toHaveLength(100);
    expect(entities.at(-1)).toMatchObject({ type: "text_link", url: summary.url });
  });
});

describe("several posts", () => {
  const posts = Array.from({ length: 30 }, (_, n) => ({
    ...summary,
    title: `第${n}篇 <@all> *“项目为王”* [x](http://evil.cn) ${"长".repeat(40)}`,
    digest: `${"摘要<at id=all></at>".repeat(40)}`,
    url: `https://kanfa.test/posts/${n}`,
    cover: n % 2 ? "https://kanfa.test/c.jpg" : "http://kanfa.test/c.jpg",
  }));
  const links = (urls: string[], count: number) =>
    expect([...new Set(urls)].filter((url) => url.includes("/posts/"))).toEqual(
      posts.slice(0, count).map(({ url }) => url),
    );

  it("WeCom: eight articles, cut by bytes, pictures only over https", () => {
    const { message, count } = wecomNews(posts);
    const seen = readNews(message);
    expect(count).toBe(8);
    links(seen.links, count);
    expect(seen.images).toHaveLength(4);
  });

  it("DingTalk: a feedCard", () => {
    const { message, count } = dingtalkFeed(posts);
    links(readFeed(message).links, count);
    expect(count).toBe(20);
  });

  it("Telegram, Feishu, Slack, Discord: as many as fit", () => {
    const telegram = telegramList(posts);
    links(readTelegram(telegram.message.text, telegram.message.entities, 4096).links, telegram.count);
    const feishu = feishuList(posts, "今日推文");
    links(readFeishu(feishu.message).links, feishu.count);
    const post = feishuPostList(posts, "今日推文");
    links(readPost(post.message).links, post.count);
    const slack = slackList(posts);
    links(readSlack(slack.message).links, slack.count);
    const discord = discordList(posts);
    links(readDiscord(discord.message).links, discord.count);
    const counts = { telegram, feishu, post, slack, discord };
    expect(Object.fromEntries(Object.entries(counts).map(([name, { count }]) => [name, count]))).toEqual({
      telegram: 10,
      feishu: 21,
      post: 30,
      slack: 19,
      discord: 10,
    });
  });

  it("one is a message too, and none is none", () => {
    expect(wecomNews(posts.slice(0, 1)).count).toBe(1);
    expect(telegramList([]).count).toBe(0);
  });
});

it("hostile lengths do not stall", { timeout: 10_000 }, () => {
  const hostile = [
    "**a** ".repeat(5000),
    `${"字".repeat(50_000)} x **b** c`,
    `\\#${"#".repeat(50_000)}x#`,
    `\`\` ${"a".repeat(50_000)}\` \`\``,
    `a${"\u0301".repeat(50_000)}`,
    `http://a**b**`.repeat(1000),
    `|a|b|\n|-|-|\n${"|1|2|\n".repeat(5000)}`,
  ];
  for (const markdown of hostile) {
    const whole = piece(markdown);
    const { text, entities } = telegramMessage(whole);
    readTelegram(text, entities, 4096);
    telegramRich(whole);
    expect(Buffer.byteLength(renderWecom(whole).markdown_v2.content)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(JSON.stringify(renderDingtalk(whole)))).toBeLessThanOrEqual(20_000);
    readFeishu(renderFeishu(whole));
    readPost(renderFeishuPost(whole));
    readSlack(renderSlack(whole));
    expect(renderDiscord(whole).embeds[0]?.description?.length).toBeLessThanOrEqual(4096);
  }
});

it("telegram: a quote that is all code holds the code, not the code the quote", () => {
  const summary = { title: "题", digest: "", url: "https://kanfa.test/posts/7", cover: null };
  const { entities } = telegramMessage(pieceOf(summary, parseMarkdown("> `码`\n\n文")));
  expect(entities.map(({ type }) => type)).toEqual(["bold", "blockquote", "code", "text_link"]);
});
