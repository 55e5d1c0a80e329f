/** An office for tests of articles, and what they do to them. */
import type { Article } from "./api.ts";
import { api, expectStatus, makePublication } from "./api.ts";

/** Publications without reviews, with one stage and of videos; two columns and two units. */
export async function newOffice(): Promise<void> {
  await makePublication("daily");
  await makePublication("reviewed", { stages: ["first"] });
  await makePublication("video", { medium: "video" });
  for (const id of ["leitai", "touyan"])
    expectStatus(await api("POST", "/columns", { body: { id, name: `专栏 ${id}` } }), 201);
  for (const id of ["changshun", "chaoyang"])
    expectStatus(await api("POST", "/units", { body: { id, name: `单位 ${id}`, kind: "committee" } }), 201);
}

export const patch = (article: Pick<Article, "id" | "rev">, body: unknown) =>
  api<Article>("PATCH", `/articles/${article.id}`, { body, headers: { "if-match": `"${article.rev}"` } });
export const act = (article: Pick<Article, "id">, what: string, body?: unknown) =>
  api<Article>("POST", `/articles/${article.id}/${what}`, { body });
