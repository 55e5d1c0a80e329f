/** An account of a simulated platform, and short ways to call it. */
import { type Setup } from "../../outside/wechat/state.ts";
import { type Options, WechatSimulator } from "../../outside/wechat/simulator.ts";

export const APP = { app_id: "wx0123456789abcdef", secret: "0123456789abcdef0123456789abcdef" };
const NOON = Date.parse("2026-03-02T12:00:00+08:00");
const API = "https://api.weixin.qq.com";

export type Answer = Record<string, unknown> & { errcode?: number; errmsg?: string };

export const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
export const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16);
export const WEBP = new TextEncoder().encode("RIFF\0\0\0\0WEBPVP8 ");
export const GIF = new TextEncoder().encode("GIF89a");
/** An image that weighs so much. */
export function heavy(start: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(bytes);
  image.set(start);
  return image;
}

export function upload(bytes: Uint8Array, name: string | null = "a.png", part = "media"): FormData {
  const form = new FormData();
  if (name === null) form.set(part, "no file");
  else form.set(part, new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  return form;
}

/** A platform at noon, with one account, whose clock the test moves. */
export function platform(setup: Partial<Setup> = {}, options: Partial<Options> = {}) {
  const clock = { now: NOON };
  const wechat = new WechatSimulator({ now: () => clock.now, ...options });
  const account = wechat.register({ ...APP, ...setup });

  const send = async (path: string, init: RequestInit = {}, ip?: string): Promise<Answer> => {
    const response = await wechat.handle(new Request(API + path, init), ip === undefined ? {} : { ip });
    return JSON.parse(await response.text()) as Answer;
  };
  const stable = (more: object = {}, ip?: string): Promise<Answer> => {
    const body = { grant_type: "client_credential", appid: APP.app_id, secret: APP.secret, ...more };
    return send("/cgi-bin/stable_token", { method: "POST", body: JSON.stringify(body) }, ip);
  };
  const withToken = async (path: string): Promise<string> =>
    `${path}${path.includes("?") ? "&" : "?"}access_token=${String((await stable())["access_token"])}`;

  const call = async (path: string, body: object | string | FormData | null = {}): Promise<Answer> =>
    send(
      await withToken(`/cgi-bin/${path}`),
      body === null
        ? {}
        : {
            method: "POST",
            body: typeof body === "string" || body instanceof FormData ? body : JSON.stringify(body),
          },
    );

  let cover: string | null = null;
  const article = async (more: object = {}): Promise<Record<string, unknown>> => {
    cover ??= String((await call("material/add_material?type=image", upload(PNG)))["media_id"]);
    return { title: "题", content: "<p>文</p>", thumb_media_id: cover, ...more };
  };
  const draft = async (articles = 1, more: object = {}): Promise<string> => {
    const all = await Promise.all(Array.from({ length: articles }, () => article(more)));
    return String((await call("draft/add", { articles: all }))["media_id"]);
  };
  const pass = async (ms: number): Promise<void> => {
    clock.now += ms;
    await wechat.run();
  };
  return { wechat, account, clock, send, stable, call, article, draft, pass };
}
