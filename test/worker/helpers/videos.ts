/** An office that publishes videos, and the hand-overs that they ask for. */
import type { Article, Page } from "./api.ts";
import { api, expectStatus, makeArticle, makePublication } from "./api.ts";
import { at, World } from "./world.ts";

export const world = new World();

export interface Task {
  id: string;
  kind: string;
  outlet: string;
  outlet_name: string;
  state: string;
  overdue: boolean;
  publication: string;
  article_id: string;
  post: { id: string; seq: number; title: string; url: string };
  link: string | null;
  due_at: string;
  done_by: string | null;
  done_at: string | null;
  note: string;
}
interface Detail extends Task {
  pack: {
    title: string;
    description: string;
    hashtags: string[];
    cover: string | null;
    file: string | null;
    captions: string | null;
    credits: string;
    hash: string;
    warnings: string[];
  } | null;
}

export const LINKS = {
  channels: "https://channels.weixin.qq.com/web/pages/feed?eid=1",
  douyin: "https://v.douyin.com/iABC/",
} as const;

export const VIDEO = {
  publication: "video",
  kind: "video",
  title: "火炉边的二十分钟党课",
  digest: "大雪天，党课讲到了火炉边。",
  markdown: "雪下了一夜。",
  credits: [{ role: "摄", name: "关雪遥" }],
  cover: "https://pic.example.org/1.jpg",
  file: "https://disk.example.org/1.mp4",
  captions: "1\n00:00:01,000 --> 00:00:02,000\n雪下了一夜。",
};

export const tasks = async (query = "") =>
  expectStatus(await api<Page<Task>>("GET", `/handovers?limit=100${query}`), 200).items.toReversed();
export const read = async (id: string) => expectStatus(await api<Detail>("GET", `/handovers/${id}`), 200);
export const done = (id: string, body: unknown, token?: string) =>
  api<Detail>("POST", `/handovers/${id}/done`, { body, ...(token !== undefined && { token }) });
export const reopen = (id: string, reason = "链接有误") =>
  api<Detail>("POST", `/handovers/${id}/reopen`, { body: { reason } });

/** All tasks, in the order in which they came up. */
export const states = async () => (await tasks()).map(({ outlet, kind, state }) => `${outlet} ${kind} ${state}`);

/** A queued video. */
export async function video(fields: Record<string, unknown> = {}): Promise<Article> {
  const { id } = await makeArticle({ ...VIDEO, ...fields });
  return expectStatus(await api<Article>("POST", `/articles/${id}/submit`), 200);
}

/** A video that is out, with its tasks by outlet. */
export async function released(
  fields: Record<string, unknown> = {},
): Promise<{ article: string; channels: Task; douyin: Task }> {
  const { id } = await video(fields);
  await world.tick(at("12:00"));
  const own = (await tasks()).filter((task) => task.article_id === id);
  return { article: id, channels: own[0]!, douyin: own[1]! };
}
export const recall = (id: string) => api<Article>("POST", `/articles/${id}/recall`, { body: { note: "内容有误" } });

/** A new office with one publication of videos, one a day at noon. */
export async function newOffice(): Promise<void> {
  await world.wipe();
  await makePublication("video", { medium: "video", quota: 1, release_times: ["0 12 * * *"] });
}
