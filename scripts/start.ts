/**
 * `npm start`: the whole office on this machine. On an empty database it loads the demo office and puts out one working
 * day's edition at once; then the clock runs as in production, one tick a minute.
 */
import process from "node:process";
import { clientOf } from "./client.ts";
import type { Edition } from "./demo.ts";
import { isEmpty, loadSeeds, publishWorkday, wechatIsSimulated, workday } from "./demo.ts";
import type { Office } from "./office.ts";
import { migrate, startOffice } from "./office.ts";
import { readSettings } from "./settings.ts";
import { table } from "./table.ts";

// Both are calls to the outside that a local office does not need.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
process.env.WRANGLER_SEND_METRICS = "false";
// A line for each queue message is nothing that a person at this terminal has to read.
process.env.WRANGLER_LOG = "warn";

const began = Date.now();
const say = (line: string) =>
  console.log(`[${String(Math.round((Date.now() - began) / 1000)).padStart(2)} 秒] ${line}`);

let office: Office | undefined;
let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await office?.stop();
  process.exit(0);
};
process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());

const settings = readSettings();
try {
  say("数据库：检查迁移");
  migrate(settings);
  say("启动 Worker");
  office = await startOffice(settings);
  const client = clientOf(office.url, settings.adminToken);
  let editions: Edition[] = [];
  if (await isEmpty(client)) {
    if (settings.demo) {
      say("数据库是空的：载入演示机构（seeds/），经由 API 提交");
      await loadSeeds(client, say, wechatIsSimulated(settings.passed["KANFA_API_BASES"]));
      say("以真实的时钟滴答排出并发布当前（或下一个）工作日的一期");
      editions = await publishWorkday(office, client, say);
    } else {
      say("数据库是空的（KANFA_DEMO=0）：用 PUT /api/publications/{id} 建立第一个刊");
    }
  }
  const { items } = await client.call<{ items: { id: string; time_zone: string }[] }>("GET", "/api/publications");
  if (editions.length === 0)
    editions = await Promise.all(items.map((publication) => workday(client, publication.id, publication.time_zone)));
  office.startClock();
  for (const edition of editions) report(edition);
  const { url } = settings;
  const [shown] = editions;
  const following = shown && (await workday(client, shown.publication, items[0]!.time_zone, shown.date)).date;
  console.log(
    [
      "",
      `网站      ${url}/`,
      `订阅源    ${url}/feed.xml`,
      `收件箱    ${url}/inbox`,
      `API 文档  ${url}/api/docs`,
      settings.newToken
        ? `管理令牌  ${settings.adminToken}`
        : `管理令牌  见 ${settings.state}/admin-token（或环境变量 KANFA_ADMIN_TOKEN）`,
      ...(following ? [`下一期    ${following}`] : []),
      "",
      "每分钟一次滴答；按 Ctrl-C 结束。",
    ].join("\n"),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await office?.stop();
  process.exit(1);
}

/** One table: what the edition carries, why, and how far it is. */
function report(edition: Edition): void {
  const released = edition.picks.filter((pick) => pick.seq !== null).length;
  console.log(
    [
      "",
      `${edition.publication}  ${edition.date}${edition.provisional ? "（暂定）" : ""}  定额 ${edition.quota}，选用 ${edition.picks.length}，已发 ${released}${edition.shortfall > 0 ? `，缺 ${edition.shortfall}` : ""}`,
      ...table(
        ["序", "标题", "专栏", "选用理由", "状态"],
        edition.picks.map((pick) => [
          String(pick.position),
          pick.title,
          pick.column ?? "",
          pick.reason,
          pick.seq === null ? "待发" : `已发 #${pick.seq}`,
        ]),
        [3, 44, 10, 44, 10],
      ),
    ].join("\n"),
  );
}
