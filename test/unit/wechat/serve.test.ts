/** The simulated platform over real sockets. */
import { afterAll, expect, it } from "vitest";
import { startWechat } from "../../outside/wechat/serve.ts";
import { APP, type Answer, JPEG, upload } from "./at.ts";

const { url, wechat, close } = await startWechat();
afterAll(close);
wechat.register(APP);

const answered = async (path: string, body?: object | FormData): Promise<Answer> => {
  const sent = body instanceof FormData ? body : JSON.stringify(body);
  const response = await fetch(url + path, body === undefined ? {} : { method: "POST", body: sent });
  return (await response.json()) as Answer;
};
const token = async (): Promise<string> => {
  const asked = { grant_type: "client_credential", appid: APP.app_id, secret: APP.secret };
  return String((await answered("/cgi-bin/stable_token", asked))["access_token"]);
};
const call = async (path: string, body?: object | FormData): Promise<Answer> =>
  answered(`/cgi-bin/${path}access_token=${await token()}`, body);

it("publishes a picture and its article, to be seen at its own address", async () => {
  const picture = String((await call("media/uploadimg?", upload(JPEG, "a.jpg")))["url"]);
  const { media_id: thumb_media_id } = await call("material/add_material?type=image&", upload(JPEG, "a.jpg"));
  const article = {
    title: "题",
    content: `<p><img src="${picture}"><a href="https://mp.weixin.qq.com/s/x">旧文</a></p>`,
    thumb_media_id,
  };
  const { media_id } = await call("draft/add?", { articles: [article] });
  await call("freepublish/submit?", { media_id });
  await answered("/control", { do: "advance", ms: 2_000 });
  const [listed] = (await answered("/public")) as unknown as { path: string }[];
  const page = await (await fetch(url + listed!.path)).text();
  expect(page).toContain(`<a href="${url}/s/x">旧文</a>`);
  const src = /<img src="([^"]*)"/.exec(page)![1]!;
  expect(src.startsWith(`${url}/`)).toBe(true);
  expect(new Uint8Array(await (await fetch(src)).arrayBuffer())).toEqual(JPEG);
});

it("breaks off, or is silent, as it is told to", async () => {
  for (const answer of ["reset", "timeout"])
    await answered("/control", { do: "script", fault: { path: "/cgi-bin/draft/count", app_id: APP.app_id, answer } });
  await expect(call("draft/count?")).rejects.toThrow("fetch failed");
  const silent = fetch(`${url}/cgi-bin/draft/count?access_token=${await token()}`, {
    signal: AbortSignal.timeout(50),
  });
  await expect(silent).rejects.toThrow("timeout");
  expect(await call("draft/count?")).toEqual({ total_count: 0 });
});

it("says what it does not understand", async () => {
  const response = await fetch(`${url}/control`, { method: "POST", body: '{"do":"x"}' });
  expect(response.status).toBe(400);
  expect((await answered("/cgi-bin/nothing")).errcode).toBe(40066);
});
