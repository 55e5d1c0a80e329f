/** How a job of a WeChat account ended, for the push that waits for it: what its event said, read as the push reads it. */
import { secure } from "../../channels/wechat/calls.ts";
import { type Explained, explainMass, explainPublish, isDecided, sentence } from "../../channels/wechat/codes.ts";
import type { Finished } from "../../channels/wechat/questions.ts";
import type { Finish } from "../callback/finish.ts";

/** What an event says of a job; null where it does not say how it ended. */
export function finishedBy(finish: Finish): Finished {
  const refused = finish.type === "mass" ? explainMass(finish.status) : refusedBy(finish.status);
  if (refused === undefined) return null;
  return {
    status:
      refused === null
        ? "published"
        : { refused: sentence(refused), ...(finish.type === "mass" && { decided: isDecided(finish.status) }) },
    articleId: finish.type === "mass" ? null : finish.articleId || null,
    urls: Object.fromEntries(finish.articles.map(({ index, url }) => [index, secure(url)])),
    failed: finish.type === "mass" ? [] : finish.failed,
  };
}

const refusedBy = (status: number | null): Explained | null | undefined =>
  status === null || status === 1 ? undefined : explainPublish(status);
