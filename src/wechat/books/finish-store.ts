/** What the platform said became of jobs, as pushes read it. The callback writes it (`callback-store.ts`). */
import { row } from "../../platform/d1.ts";
import type { Finish } from "../callback/finish.ts";

/** How a job ended, `publish:<id>` or `mass:<id>`; null while nobody said. */
export async function findFinish(db: D1Database, channelId: number, job: string): Promise<Finish | null> {
  const found = await row<{ body: string }>(
    db.prepare(`SELECT body FROM wechat_finishes WHERE channel_id = ? AND job = ?`).bind(channelId, job),
  );
  return found && (JSON.parse(found.body) as Finish);
}

/** The newest publication or message to all since then (wall clock, ms), none of `ended`, that no receipt names; null without one. */
export async function newestUnknown(
  db: D1Database,
  channelId: number,
  way: "mass" | "publish",
  since: number,
  ended: readonly string[],
): Promise<Finish | null> {
  const found = await row<{ body: string }>(
    db
      .prepare(
        `SELECT body FROM wechat_finishes f WHERE channel_id = ?1 AND job >= ?3 || ':' AND job < ?3 || ';' AND at >= ?2
           AND substr(job, length(?3) + 2) NOT IN (SELECT value FROM json_each(?4))
           AND NOT EXISTS (SELECT 1 FROM wechat_articles w WHERE w.channel_id = ?1 AND w.job = substr(f.job, length(?3) + 2) AND w.way = ?3)
         ORDER BY at DESC LIMIT 1`,
      )
      .bind(channelId, since, way, JSON.stringify(ended)),
  );
  return found && (JSON.parse(found.body) as Finish);
}
