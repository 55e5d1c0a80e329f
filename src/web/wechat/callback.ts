/** The address that the WeChat platform calls for an Official Account. It answers nobody else. */
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { findPublication } from "../../newsroom/publication-store.ts";
import { logFault } from "../../platform/log.ts";
import { Problem } from "../../platform/problem.ts";
import { SECOND } from "../../platform/time.ts";
import { findAccount } from "../../wechat/accounts.ts";
import { type Answer, answerCall, type Called, FAILED, REFUSED, SUCCESS } from "../../wechat/callback/answer.ts";
import { isCheck, isFresh, type Query } from "../../wechat/callback/envelope.ts";
import { bodyOf } from "../api/body.ts";
import { operation } from "../api/operation.ts";
import type { App, Ctx } from "../context.ts";

export const wechatCallback = new Hono<App>();
const tag = "wechat";

/** The largest message of the platform has some kilobytes. */
const LIMIT = 64 * 1024;

/** The platform waits five seconds, then tells the reader that the account is out of order. */
const DEADLINE = 4.5 * SECOND;

const queryOf = (c: Ctx): Query => c.req.query();

function answered(c: Ctx, { status, body, type }: Answer): Response {
  c.header("cache-control", "no-store");
  return body === "" ? c.body(null, status) : c.body(body, status, { "content-type": `${type}; charset=utf-8` });
}

/**
 * The publication in the address and its account. Threat: whoever asks around for accounts; a publication without one
 * answers as one whose account did not sign, and one that there is not as the site does.
 */
async function calledOf(c: Ctx): Promise<Called | "unknown" | "refused"> {
  const deps = c.get("deps");
  const publication = await findPublication(deps.db, c.req.param("publication") ?? "");
  if (!publication) return "unknown";
  // Most who come unasked are turned away here, before the account is looked for.
  if (!isFresh(queryOf(c), c.get("now"))) return "refused";
  const account = await findAccount(deps, publication.slug);
  return account ? { publication, account } : "refused";
}

const failed = (error: unknown): Answer => {
  logFault("wechat callback", error);
  return FAILED;
};

/** Runs `work`. Nobody who calls here reads a problem document. */
async function bare(c: Ctx, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) return c.body(null, error.status as ContentfulStatusCode);
    return answered(c, failed(error));
  }
}

/** What `work` gives, or `late` if that takes longer than `ms`. */
export async function within<T>(work: Promise<T>, ms: number, late: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const bell = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([work, bell]);
  } finally {
    clearTimeout(timer);
  }
}

const path = "/wechat/:publication/callback";

wechatCallback.get(
  path,
  operation({
    summary: "The WeChat platform's check of the address (服务器配置)",
    tag,
    scope: null,
    answer: "`echostr`, if the platform signed the query; 403 if not.",
    answerType: "text/plain",
  }),
  (c) =>
    bare(c, async () => {
      const called = await calledOf(c);
      if (called === "unknown") return c.body(null, 404);
      const query = queryOf(c);
      if (called === "refused" || !(await isCheck(called.account.config, query, c.get("now"))))
        return answered(c, REFUSED);
      return answered(c, { status: 200, body: query.echostr ?? "", type: "text/plain" });
    }),
);

wechatCallback.post(
  path,
  operation({
    summary: "A message or an event from the WeChat platform, plain or encrypted",
    tag,
    scope: null,
    upload: "text/xml",
    answer: "A reply as XML, encrypted if the message was, or `success`; 403 with nothing for whoever did not sign.",
    answerType: ["text/xml", "text/plain"],
  }),
  (c) =>
    bare(c, async () => {
      const called = await calledOf(c);
      if (called === "unknown") return c.body(null, 404);
      if (called === "refused") return answered(c, REFUSED);
      const body = new TextDecoder().decode(await bodyOf(c, LIMIT));
      const deps = c.get("deps");
      const call = { query: queryOf(c), body };
      const work = answerCall(deps, called, call, c.get("now")).catch(failed);
      // What is late goes on after the answer.
      c.executionCtx.waitUntil(work);
      return answered(c, await within(work, DEADLINE, SUCCESS));
    }),
);
