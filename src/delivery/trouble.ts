/** What a person has to know of a run: in the audit always, and in the office's alerts unless it is about those themselves. */
import { insertAlerts } from "../alerts/store.ts";
import { auditEach } from "../newsroom/audit-store.ts";
import type { Statement } from "../platform/d1.ts";
import { DAY } from "../platform/time.ts";
import { wakeShards } from "./store.ts";
import type { Outcome, Purpose } from "./types.ts";

/**
 * A message was refused for good, went stale or was never answered; its endpoint closed, moved or fails for days; or its
 * channel cannot be opened.
 */
export interface Trouble {
  channel: string;
  name: string;
  outcome: Extract<Outcome, "rejected" | "expired" | "gone" | "unknown"> | "held" | "warned" | "closed" | "moved";
  /** Without secrets. */
  why: string;
}

/** What became of the channel, and what there is to do, as the office says it. */
const SAID: Record<Trouble["outcome"], { title: string; todo: string }> = {
  rejected: { title: "拒收了一次投递", todo: "这次投递不再重试，后面的照常投递。" },
  expired: { title: "有投递过期未达", todo: "过期的内容不再投递，后面的照常投递。" },
  gone: { title: "已永久关闭", todo: "不再向它投递；如仍需要，请新建渠道。" },
  unknown: { title: "有一次投递没有得到回应", todo: "可能已经送达，所以不再重发；请到对方处核对。" },
  warned: { title: "已连续失败两天半", todo: "满五天仍不成功就暂停投递；请检查它的设置和对方的服务。" },
  closed: { title: "五天没有一次成功，已暂停投递", todo: "请检查后恢复投递；错过的内容在投递记录里。" },
  moved: { title: "换了地址", todo: "设置已随之更新，投递照常。" },
  held: { title: "无法打开，已暂停投递", todo: "请修正它的设置，然后恢复投递。" },
};

/** Readers' channels are many and fail together, so the office is told of a kind of them, once in this time. */
const TOLD_AGAIN = DAY;

/** What readers have, as the office calls it. */
const READERS = `CASE c.kind WHEN 'email' THEN '邮件' WHEN 'webpush' THEN '浏览器通知' ELSE c.kind END`;

/** The words of an alert about a channel. */
export function wordsOf({ name, outcome, why }: Trouble): { title: string; body: string } {
  const { title, todo } = SAID[outcome];
  return { title: `渠道“${name}”${title}`, body: `原因：${why}。${todo}` };
}

/**
 * The rows of these troubles, for the batch of the run's outcomes and before it gives the channels back: each is written
 * only while its channel is under our lease. An alert channel's own trouble must not go to the alert channels, where
 * telling of it could fail again and make another.
 */
export function troubleStatements(
  db: D1Database,
  troubles: readonly Trouble[],
  run: { purpose: Purpose; token: string; at: number },
): Statement[] {
  if (troubles.length === 0) return [];
  const json = JSON.stringify(troubles.map((trouble) => ({ ...trouble, ...wordsOf(trouble) })));
  const args = [run.at, json, run.token];
  const from = `FROM json_each(?2) j JOIN channels c ON c.uid = j.value ->> 'channel' AND c.lease_token = ?3`;
  // A reader who has left is nobody's trouble.
  const source = (columns: string, which = `(c.origin = 'office' OR j.value ->> 'outcome' <> 'gone')`) =>
    `SELECT ${columns} ${from} WHERE ${which} ORDER BY j.key`;
  const noted = auditEach(db, {
    sql: source(
      `?1, 'delivery', 'delivery.' || (j.value ->> 'outcome'), 'channel:' || c.uid,
       json_object('outcome', j.value ->> 'outcome', 'why', j.value ->> 'why')`,
    ),
    args,
  });
  if (run.purpose === "alert") return [noted];
  return [
    noted,
    insertAlerts(db, {
      sql: `SELECT * FROM (${source(
        `?1, 'delivery.' || (j.value ->> 'outcome'), j.value ->> 'title', j.value ->> 'body', 'channel:' || c.uid`,
        `c.origin = 'office'`,
      )})
        UNION ALL
        SELECT ?1, 'delivery.readers', '读者的' || ${READERS} || '有投递失败', '原因：' || min(j.value ->> 'why') || '。' || count(*)
          || '个读者渠道没有收到；同样的失败一天内不再提醒。', 'readers:' || c.kind
        ${from} WHERE c.origin = 'reader' AND c.ends_at IS NULL AND j.value ->> 'outcome' <> 'gone'
          AND NOT EXISTS (SELECT 1 FROM alerts WHERE seq > (SELECT coalesce(max(seq), 0) FROM alerts) - 500
                            AND kind = 'delivery.readers' AND subject = 'readers:' || c.kind AND at > ?1 - ${TOLD_AGAIN})
        GROUP BY c.kind`,
      args,
    }),
    ...wakeShards(db, run.at, "alert"),
  ];
}
