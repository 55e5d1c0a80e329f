/** What the simulated platform posts is what the callback reads. */
import { expect, it } from "vitest";
import { openCall } from "../../../src/wechat/callback/envelope.ts";
import { messageOf } from "../../../src/wechat/callback/message.ts";
import { APP, platform } from "./at.ts";
import { KEYS } from "./sender.ts";

it.each([
  ["plain", null],
  ["safe", KEYS.encoding_aes_key],
])("in %s mode: how a publication and a mass send ended, with every article's address", async (_, aes_key) => {
  const { token } = KEYS;
  const posted: { url: string; body: string }[] = [];
  const { call, draft, pass, clock } = platform(
    { callback: { url: "https://kanfa.test/wechat/daily/callback", token, aes_key } },
    {
      post: async (url, body) => {
        posted.push({ url, body });
        return { status: 200, text: async () => "success" };
      },
    },
  );
  await call("freepublish/submit", { media_id: await draft(2) });
  await call("message/mass/sendall", {
    filter: { is_to_all: true },
    mpnews: { media_id: await draft(3) },
    msgtype: "mpnews",
    send_ignore_reprint: 0,
  });
  await pass(60_000);
  const keys = { app_id: APP.app_id, token, ...(aes_key !== null && { encoding_aes_key: aes_key }) };
  const finishes = await Promise.all(
    posted.map(async ({ url, body }) => {
      const opened = await openCall(keys, Object.fromEntries(new URL(url).searchParams), body, clock.now);
      const message = opened.type === "opened" ? messageOf(opened.xml) : null;
      return message?.type === "finish" ? message.finish : opened;
    }),
  );
  const addresses = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ index: at + 1, url: expect.stringMatching(/^https?:\/\//) as string }));
  expect(finishes).toMatchObject([
    { type: "publish", status: 0, failed: [], articles: addresses(2) },
    { type: "mass", status: "send success", articles: addresses(3), copyright: { state: 0, articles: [] } },
  ]);
});
