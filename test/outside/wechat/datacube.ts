/** Figures of days that are over (developers.weixin.qq.com, 数据统计). */
import { certified, urlOf } from "./publish.ts";
import { type Account, beijingDay, type Call, type Handlers, post, Refusal } from "./state.ts";

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The days asked for, `most` of them, yesterday the last. */
function daysOf({ account, body, now }: Call, most: number): string[] {
  certified(account);
  const [begin, end] = [String(body["begin_date"] ?? ""), String(body["end_date"] ?? "")];
  const from = Date.parse(begin);
  const to = Date.parse(end);
  if (![begin, end].every((date) => DATE.test(date)) || Number.isNaN(from + to)) throw new Refusal(61500);
  if (to < from || (to - from) / DAY >= most || end >= beijingDay(now)) throw new Refusal(61501);
  return Array.from({ length: (to - from) / DAY + 1 }, (_, at) => beijingDay(from + at * DAY));
}

/** Members of the articles' calls; `users` read, a tenth of them shared. */
const read = (users: number): object => ({
  read_user: users,
  read_user_source: [{ user_count: users, scene_desc: "全部" }],
  share_user: Math.floor(users / 10),
  zaikan_user: 0,
  like_user: 0,
  comment_count: 0,
  collection_user: 0,
});

/** What was sent or published on a day, with the number that the platform's statistics go by. */
const outOn = ({ sends, publications }: Account, day: string) =>
  [...sends.map((send) => ({ ...send, publish_type: 0 })), ...publications.map((one) => ({ ...one, publish_type: 1 }))]
    .filter(({ pages }) => pages.some(({ at }) => beijingDay(at) === day))
    .map(({ msg_data_id, pages, publish_type }) => ({ msg_data_id, pages, publish_type }));

/** Statistics of articles that are not to be had any more. */
const offline = post(({ account }) => {
  certified(account);
  throw new Refusal(47009);
});

function detail(call: Call): object {
  const [day = ""] = daysOf(call, 1);
  const stat_date = beijingDay(call.now - DAY);
  const list = outOn(call.account, day).flatMap(({ msg_data_id, pages, publish_type }) =>
    pages.map((page, at) => ({
      ref_date: day,
      msgid: `${msg_data_id}_${at + 1}`,
      publish_type,
      title: page.article.title,
      content_url: urlOf(page),
      detail_list: [
        { stat_date: day, ...read(0) },
        { stat_date, ...read(page.reads) },
      ],
    })),
  );
  return { list, is_delay: false };
}

/** Rows of days; the source 0 is all of them together. */
const rows = (days: readonly string[], row: (day: string) => object): object => ({
  list: days.map((ref_date) => ({ ref_date, user_source: 0, ...row(ref_date) })),
});

export const datacubeHandlers: Handlers = {
  "/datacube/getusersummary": post((call) =>
    rows(daysOf(call, 7), (day) => ({ new_user: 0, cancel_user: 0, ...call.account.numbers[day] })),
  ),
  "/datacube/getusercumulate": post((call) => rows(daysOf(call, 7), () => ({ cumulate_user: call.account.followers }))),
  "/datacube/getbizsummary": post((call) => {
    const readOn = (day: string): number =>
      outOn(call.account, day)
        .flatMap(({ pages }) => pages)
        .reduce((sum, { reads }) => sum + reads, 0);
    const list = daysOf(call, 30).map((ref_date) => ({ ref_date, detail: read(readOn(ref_date)) }));
    return { list, is_delay: false };
  }),
  "/datacube/getarticletotaldetail": post(detail),
  "/datacube/getarticlesummary": offline,
  "/datacube/getarticletotal": offline,
  "/datacube/getuserread": offline,
};
