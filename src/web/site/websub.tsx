/** `/websub`: the hub of our feeds. What it answers is plain text for the people who write subscribers (WebSub, 5.1). */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { askHub, judgeCallback } from "../../delivery/hub.ts";
import { LEASE_LONGEST, LEASE_SHORTEST, LEASE_USUAL, readHubRequest } from "../../delivery/hub-rules.ts";
import { readFeedAddress } from "../../formats/feeds/index.ts";
import { Problem } from "../../platform/problem.ts";
import { DAY, HOUR } from "../../platform/time.ts";
import { bodyOf } from "../api/body.ts";
import type { Ctx } from "../context.ts";
import { readForm } from "../form.ts";
import { respond } from "./layout.tsx";
import { shelfName } from "./shelf.ts";

/** A callback of 2 KB, every character of it escaped, and room for the rest. */
const FORM_LIMIT = 8 * 1024;
const FORM = "application/x-www-form-urlencoded";

function refuse(c: Ctx, status: ContentfulStatusCode, why: string, wait?: number): Response {
  return c.text(`${why}\n`, status, wait === undefined ? {} : { "retry-after": String(wait) });
}

/** Whether there is room for another request of this key; the count is a Cloudflare data centre's own. */
async function room(c: Ctx, key: string): Promise<boolean> {
  return (await c.get("deps").hub.limit({ key })).success;
}

/**
 * `POST /websub`: takes a request and answers 202; what comes of it the callback decides later. Whatever is wrong is said
 * at once, and nothing is written then.
 */
export async function askedOfHub(c: Ctx): Promise<Response> {
  const deps = c.get("deps");
  if (!(await room(c, `address ${c.req.header("cf-connecting-ip") ?? "unknown"}`)))
    return refuse(c, 429, "Too many requests from this address; wait a minute.", 60);
  if ((c.req.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase() !== FORM)
    return refuse(c, 415, `Send a form: Content-Type ${FORM}.`);
  let form: Map<string, string> | null;
  try {
    form = readForm(await bodyOf(c, FORM_LIMIT));
  } catch (error) {
    if (error instanceof Problem) return refuse(c, 413, error.message);
    throw error;
  }
  if (!form) return refuse(c, 400, "The form is not well-formed UTF-8, or has a field twice.");
  const read = readHubRequest(form, deps.siteUrl);
  if (read.type === "wrong") return refuse(c, 400, read.why);
  const { request } = read;
  const name = await shelfName(deps.db, readFeedAddress(request.topic)!.shelf, undefined);
  if (name === null) return refuse(c, 400, "hub.topic: there is no such publication or column.");
  if (!(await room(c, `host ${new URL(request.callback).host}`)))
    return refuse(c, 429, "Too many requests about this callback's host; wait a minute.", 60);
  const target = await judgeCallback(deps, request.callback);
  if (target.type === "refused") return refuse(c, 400, `hub.callback ${target.why}.`);
  if (target.type === "unsure") return refuse(c, 503, `hub.callback: its host ${target.why}; try again shortly.`, 30);
  if (!(await askHub(deps, { ...request, name }, c.get("now"))))
    return refuse(c, 429, "This callback or its host was asked about this too often without success; wait.", 600);
  return c.text("Accepted. The callback will be asked whether it means it.\n", 202);
}

/** `GET /websub`: says what this is. No query. */
export function hubPage(c: Ctx) {
  return respond(c, {
    title: "订阅推送",
    description: "用 WebSub 订阅本站的订阅源。",
    path: "/websub",
    children: (
      <>
        <header class="shelf">
          <p>WebSub</p>
          <h1>订阅推送</h1>
        </header>
        <p class="intro">
          本站的每个 RSS、Atom、JSON Feed 订阅源都可以用{" "}
          <a href="https://www.w3.org/TR/websub/" rel="noopener">
            WebSub
          </a>{" "}
          订阅：有推文刊发或更正，新内容就送到阅读器的回调地址，不必反复来取。多数阅读器会自己发现并使用它，读者不用做什么。
        </p>
        <p>
          开发者：向本地址 POST 表单 <code>hub.mode</code>、<code>hub.topic</code>、<code>hub.callback</code>，可附{" "}
          <code>hub.secret</code> 和 <code>hub.lease_seconds</code>；回调必须是公网的 https 地址。订阅期最短{" "}
          {LEASE_SHORTEST / HOUR} 小时，最长 {LEASE_LONGEST / DAY} 天，不写则为 {LEASE_USUAL / DAY}{" "}
          天；到期前再订阅一次即可续期。
        </p>
      </>
    ),
  });
}
