/** Figures of days that are over (developers.weixin.qq.com, 数据统计). */
import { certified } from "./publish.ts";
import { beijingDay, type Call, type Handlers, type MassSend, post, Refusal } from "./state.ts";

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

const read = (count: number): object => ({
  int_page_read_user: count,
  int_page_read_count: count,
  ori_page_read_user: 0,
  ori_page_read_count: 0,
  share_user: 0,
  share_count: 0,
  add_to_fav_user: 0,
  add_to_fav_count: 0,
});

const articles = ({ account }: Call, days: readonly string[], one: (send: MassSend, at: number) => object): object => {
  const sent = account.sends.filter(({ at }) => days.includes(beijingDay(at)));
  const list = sent.flatMap((send) =>
    send.pages.map((page, at) => ({
      ref_date: beijingDay(send.at),
      msgid: `${send.msg_data_id}_${at + 1}`,
      title: page.article.title,
      ...one(send, at),
    })),
  );
  return { list };
};

/** Rows of days; the source 0 is all of them together. */
const rows = (days: readonly string[], row: (day: string) => object): object => ({
  list: days.map((ref_date) => ({ ref_date, user_source: 0, ...row(ref_date) })),
});

export const datacubeHandlers: Handlers = {
  "/datacube/getusersummary": post((call) =>
    rows(daysOf(call, 7), (day) => ({ new_user: 0, cancel_user: 0, ...call.account.numbers[day] })),
  ),
  "/datacube/getusercumulate": post((call) => rows(daysOf(call, 7), () => ({ cumulate_user: call.account.followers }))),
  "/datacube/getuserread": post((call) => {
    const { account } = call;
    const readOn = (day: string): number =>
      account.sends
        .filter(({ at }) => beijingDay(at) === day)
        .flatMap(({ pages }) => pages)
        .reduce((sum, { reads }) => sum + reads, 0);
    return rows(daysOf(call, 3), (day) => read(readOn(day)));
  }),
  "/datacube/getarticlesummary": post((call) =>
    articles(call, daysOf(call, 1), (send, at) => read(send.pages[at]!.reads)),
  ),
  "/datacube/getarticletotal": post((call) => {
    const days = daysOf(call, 1);
    return articles(call, days, (send, at) => ({
      details: [{ stat_date: days[0], target_user: call.account.followers, ...read(send.pages[at]!.reads) }],
    }));
  }),
};
