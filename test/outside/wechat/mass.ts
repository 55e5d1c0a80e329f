/** 群发: an article reaches the followers (developers.weixin.qq.com, 群发接口). */
import { draftOf } from "./drafts.ts";
import { emit, tag, text } from "./events.ts";
import { type Outcome, outcomeOf } from "./faults.ts";
import { certified, chosen, show, urlOf } from "./publish.ts";
import {
  type Account,
  beijingDay,
  type Call,
  type Draft,
  type Handlers,
  later,
  type MassSend,
  nextId,
  OK,
  post,
  Refusal,
  type World,
} from "./state.ts";

const PATIENCE = 30 * 60_000;
const REFUSED = "err(40001)";
const SILENT = "err(40002)";
const REPRINT = "err(30003)";

/** Sends to all, by hand or by API, count together; those that failed do not. */
function hasQuota({ sends, mass }: Account, now: number): boolean {
  const today = beijingDay(now);
  const counted = sends.filter(({ to_all, by, status }) => (to_all || by === "hand") && status !== "SEND_FAIL");
  const within = (span: string): number => counted.filter(({ at }) => beijingDay(at).startsWith(span)).length;
  return within(today) < mass.day && within(today.slice(0, 7)) < mass.month;
}

function finish(world: World, account: Account, send: MassSend, status: string): void {
  const sent = send.status === "SEND_SUCCESS" ? account.followers : 0;
  const items = send.pages.map((page, at) =>
    tag("item", tag("ArticleIdx", at + 1) + tag("ArticleUrl", text(urlOf(page)))),
  );
  const list = (name: string, inner: readonly string[], more = ""): string =>
    tag(name, tag("Count", inner.length) + tag("ResultList", inner.join("")) + more);
  const fields = [
    tag("MsgID", send.msg_id),
    tag("Status", text(status)),
    tag("TotalCount", account.followers),
    tag("FilterCount", sent),
    tag("SentCount", sent),
    tag("ErrorCount", 0),
    list("CopyrightCheckResult", [], tag("CheckState", status === REPRINT ? 2 : 0)),
    list("ArticleUrlResult", items),
  ];
  emit(world, account, "MASSSENDJOBFINISH", fields.join(""));
}

/** Sends a draft now; it is through after the account's delay. */
export function start(
  world: World,
  account: Account,
  { media_id, articles }: Draft,
  now: number,
  how: { by: MassSend["by"]; to_all: boolean; clientmsgid: string | null; ignoreReprint: boolean },
): MassSend {
  const outcome = outcomeOf(world.faults, account.app_id, "mass");
  const send: MassSend = {
    msg_id: 3_147_480_000 + nextId(world),
    msg_data_id: 2_247_480_000 + nextId(world),
    clientmsgid: how.clientmsgid,
    media_id,
    to_all: how.to_all,
    by: how.by,
    status: "SENDING",
    pages: [],
    at: now,
    confirmed: null,
  };
  account.sends.push(send);
  const taken = structuredClone(articles);
  const end = (status: string, at: number): void => {
    send.status = status === "send success" ? "SEND_SUCCESS" : "SEND_FAIL";
    if (send.status === "SEND_SUCCESS") {
      send.pages = show(world, account, taken, at, "mass", send.to_all);
      account.drafts.delete(media_id);
    }
    finish(world, account, send, status);
  };
  const go = (from: number): void =>
    later(world, from + (outcome.delay ?? account.delay), (at) => end(statusOf(outcome, how.ignoreReprint), at));
  if (account.protected && how.by === "api" && how.to_all) wait(world, send, go, end);
  else go(now);
  return send;
}

const statusOf = ({ status, reprint }: Outcome, ignore: boolean): string =>
  status ?? (reprint && !ignore ? REPRINT : "send success");

/** The administrator is asked on his phone, and has half an hour. */
function wait(world: World, send: MassSend, go: (at: number) => void, end: (status: string, at: number) => void): void {
  send.status = "WAITING";
  send.confirmed = (yes) => {
    send.confirmed = null;
    send.status = "SENDING";
    if (yes) go(world.now());
    else end(REFUSED, world.now());
  };
  later(world, send.at + PATIENCE, (at) => {
    if (send.confirmed === null) return;
    send.confirmed = null;
    end(SILENT, at);
  });
}

function sendAll({ world, account, body, now, effect }: Call): object {
  certified(account);
  const filter = body["filter"] as { is_to_all?: unknown; tag_id?: unknown } | undefined;
  const to_all = filter?.is_to_all === true;
  if (!to_all && filter?.tag_id === undefined) throw new Refusal(40035);
  if (body["msgtype"] !== "mpnews") throw new Refusal(40008);
  const clientmsgid = body["clientmsgid"] === undefined ? null : String(body["clientmsgid"]);
  if (clientmsgid !== null && !/^[\x21-\x7e]{1,64}$/.test(clientmsgid)) throw new Refusal(40035);
  const old = account.sends.find((send) => clientmsgid !== null && send.clientmsgid === clientmsgid);
  if (old) throw new Refusal(45065, undefined, { msg_id: old.msg_id, msg_data_id: old.msg_data_id });
  const draft = draftOf(account, (body["mpnews"] as { media_id?: unknown } | undefined)?.media_id);
  if (to_all && !hasQuota(account, now)) throw new Refusal(45028);
  const ignoreReprint = body["send_ignore_reprint"] === 1;
  const send = start(world, account, draft, now, { by: "api", to_all, clientmsgid, ignoreReprint });
  effect("mass", String(send.msg_id));
  return { errcode: 0, errmsg: "send job submission success", msg_id: send.msg_id, msg_data_id: send.msg_data_id };
}

const sendOf = ({ account, body }: Call): MassSend => {
  certified(account);
  const send = account.sends.find(({ msg_id }) => String(msg_id) === String(body["msg_id"] ?? ""));
  if (!send) throw new Refusal(40035, "invalid msg_id");
  return send;
};

export const massHandlers: Handlers = {
  "/cgi-bin/message/mass/sendall": post(sendAll),
  "/cgi-bin/message/mass/get": post((call) => {
    const { msg_id, status } = sendOf(call);
    return { msg_id, msg_status: status === "WAITING" ? "SENDING" : status };
  }),
  "/cgi-bin/message/mass/delete": post((call) => {
    const send = sendOf(call);
    if (send.status !== "SEND_SUCCESS") throw new Refusal(40035, "invalid msg_id");
    for (const page of chosen(send.pages, call.body["article_idx"])) page.gone ??= "deleted";
    if (send.pages.every(({ gone }) => gone)) send.status = "DELETE";
    call.effect("delete", String(send.msg_id));
    return OK;
  }),
  "/cgi-bin/message/mass/preview": post((call) => {
    const { account, body } = call;
    if (!body["touser"] && !body["towxname"]) throw new Refusal(40003);
    draftOf(account, (body["mpnews"] as { media_id?: unknown } | undefined)?.media_id);
    call.effect("preview", String(body["touser"] ?? body["towxname"]));
    return { errcode: 0, errmsg: "preview success", msg_id: 3_147_480_000 + nextId(call.world) };
  }),
};
