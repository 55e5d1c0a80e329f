import { expect, it } from "vitest";
import { alert, items } from "./items.ts";
import { NAMES, requestFor, STYLED } from "./robots.ts";

const corrected = { kind: "corrected", note: "第二段“128个”应为“218个”。" } as const;
const recalled = { kind: "recalled", note: "内容有误，予以撤回。" } as const;
const markdown = "> 导语\n\n坚持**“项目为王”**理念，见[公告](https://gov.example.cn/1)。\n\n- 一\n- 二";
const text = () => ({ markdown, html: "" });

it.each(NAMES)("what %s is sent", async (name) => {
  const said = {
    one: await requestFor(name, { news: items(1) }),
    eight: await requestFor(name, { news: items(8) }),
    corrected: await requestFor(name, { news: items(1, corrected) }),
    recalled: await requestFor(name, { news: items(2, recalled) }),
    alert: await requestFor(name, { alerts: [alert()] }),
    ...(STYLED.includes(name) && {
      full: await requestFor(name, { news: items(1, { text }) }, { style: "full" }),
      "full, corrected": await requestFor(name, { news: items(1, { ...corrected, text }) }, { style: "full" }),
    }),
  };
  const calls = Object.entries(said).map(([what, { transport: _http, body, ...rest }]) => [
    what,
    { method: "POST", ...rest, body: JSON.parse(body) as unknown },
  ]);
  await expect(`${JSON.stringify(Object.fromEntries(calls), null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json`);
});
