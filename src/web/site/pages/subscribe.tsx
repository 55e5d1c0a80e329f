import { mailAddress } from "../../../channels/email.ts";
import type { Filter } from "../../../delivery/filter.ts";
import { listColumns } from "../../../newsroom/name-store.ts";
import { listPublications } from "../../../newsroom/publication-store.ts";
import { Problem } from "../../../platform/problem.ts";
import { logFault } from "../../../platform/log.ts";
import { sendLetters } from "../../../readers/letters.ts";
import { askMailbox, confirmMailbox, standingOf } from "../../../readers/subscribe.ts";
import { bodyOf } from "../../api/body.ts";
import type { Ctx } from "../../context.ts";
import { countReader, SMALL } from "../../readers/limits.ts";
import { respond } from "../layout.tsx";
import { ask, say, tokenIn } from "../notices.tsx";

interface Choices {
  publications: { slug: string; name: string }[];
  columns: { slug: string; name: string }[];
}

/** More columns than this are no choice any more. */
const COLUMNS = 60;

async function choices(c: Ctx): Promise<Choices> {
  const { db } = c.get("deps");
  const [publications, columns] = await Promise.all([listPublications(db), listColumns(db, 0, COLUMNS)]);
  return { publications, columns };
}

/** What was sent by the form. Throws 413 or 400 for what no form sends. */
async function formOf(c: Ctx): Promise<URLSearchParams> {
  const bytes = await bodyOf(c, SMALL);
  return new URLSearchParams(new TextDecoder().decode(bytes));
}

function Boxes({
  legend,
  name,
  of,
  checked,
}: {
  legend: string;
  name: string;
  of: Choices["columns"];
  checked: readonly string[];
}) {
  if (of.length < 2) return null;
  return (
    <fieldset>
      <legend>{legend}</legend>
      {of.map(({ slug, name: words }) => (
        <label>
          <input type="checkbox" name={name} value={slug} checked={checked.includes(slug)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

interface Entered {
  address: string;
  publications: readonly string[];
  columns: readonly string[];
}

const EMPTY: Entered = { address: "", publications: [], columns: [] };

function form(c: Ctx, { publications, columns }: Choices, entered: Entered, fault?: string) {
  const { mail } = c.get("deps");
  c.header("cache-control", "no-store");
  return respond(
    c,
    {
      title: "订阅",
      description: "用邮件、浏览器通知或阅读器订阅推文。",
      path: "/subscribe",
      scripted: true,
      children: (
        <>
          <h1>订阅</h1>
          <form class="subscribe" method="post" action="/subscribe">
            {/* Without letters the choices are the button's alone, which shows them. */}
            <div class="choices" hidden={mail === null}>
              <Boxes
                legend="只看这些刊（不选就是全部）"
                name="publication"
                of={publications}
                checked={entered.publications}
              />
              <Boxes legend="只看这些专栏（不选就是全部）" name="column" of={columns} checked={entered.columns} />
            </div>
            {mail !== null && (
              <section aria-labelledby="by-mail">
                <h2 id="by-mail">邮件</h2>
                <p>
                  有新推文的日子，每晚七点一封信。填写邮箱后会先收到一封确认信，确认了才算订阅；每封信里都有退订链接。
                </p>
                <p class="field">
                  <label for="address">邮箱</label>
                  <input
                    id="address"
                    name="address"
                    type="email"
                    autocomplete="email"
                    required
                    maxlength={254}
                    value={entered.address}
                    {...(fault !== undefined && { "aria-invalid": "true", "aria-describedby": "fault" })}
                  />
                  <button type="submit">订阅邮件</button>
                </p>
                {fault !== undefined && (
                  <p id="fault" class="fault" role="alert">
                    {fault}
                  </p>
                )}
              </section>
            )}
            <push-button />
          </form>
          <section aria-labelledby="by-feed">
            <h2 id="by-feed">阅读器</h2>
            <p>
              把 <a href="/feed.xml">RSS</a>、<a href="/atom.xml">Atom</a> 或 <a href="/feed.json">JSON Feed</a>{" "}
              的地址加到阅读器里；每个刊、每个专栏的页脚也有自己的地址。
            </p>
          </section>
        </>
      ),
    },
    fault === undefined ? 200 : 422,
  );
}

/** `GET /subscribe`: by letter, by notification, by feed. Two queries. */
export const subscribeForm = async (c: Ctx) => form(c, await choices(c), EMPTY);

const TOO_OFTEN = "操作太频繁了";

/**
 * `POST /subscribe`: asks the owner of the mailbox by letter. The answer is the same whether the address is known or not,
 * and takes as long: the letter goes out after it.
 */
export async function subscribe(c: Ctx) {
  const deps = c.get("deps");
  if (deps.mail === null) return say(c, "这里没有邮件订阅", <p>可以用阅读器订阅，地址在页脚。</p>, 404);
  try {
    await countReader(c);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    c.header("retry-after", "60");
    return say(c, TOO_OFTEN, <p>请过一分钟再试。</p>, 429);
  }
  const [sent, offered] = await Promise.all([formOf(c), choices(c)]);
  const known = (name: string, of: Choices["columns"]) => {
    const chosen = new Set(sent.getAll(name));
    return of.map(({ slug }) => slug).filter((slug) => chosen.has(slug));
  };
  const publications = known("publication", offered.publications);
  const columns = known("column", offered.columns);
  const address = mailAddress.safeParse(sent.get("address") ?? "");
  if (!address.success) {
    const entered = { address: (sent.get("address") ?? "").slice(0, 254), publications, columns };
    return form(c, offered, entered, "这不像一个邮箱地址，请检查后再试，例如 name@example.cn。");
  }
  const filter: Filter = { ...(publications.length > 0 && { publications }), ...(columns.length > 0 && { columns }) };
  await askMailbox(deps, address.data, filter, deps.wall());
  c.executionCtx.waitUntil(sendLetters(deps).catch((error: unknown) => logFault("letters", error)));
  return say(
    c,
    "请查收确认信",
    <p>
      如果这个邮箱可以订阅，几分钟内会收到一封确认信。打开信里的链接并确认，订阅才会生效。没有收到，请看看垃圾邮件。
    </p>,
  );
}

const OVER = (
  <p>
    链接在 48 小时内有效，只能用一次。需要的话，请<a href="/subscribe">重新订阅</a>。
  </p>
);

const subscribed = (c: Ctx) =>
  say(c, "订阅成功", <p>有新推文的日子，每晚七点会发一封信到您的邮箱。每封信里都有退订链接。</p>);

/** `GET /subscribe/confirm?token=`: asks for a press of the button. Writes nothing. */
export async function confirmForm(c: Ctx) {
  const deps = c.get("deps");
  const token = tokenIn(c);
  const standing = await standingOf(deps, token, deps.wall());
  if (standing === "over") return say(c, "链接已经失效", OVER, 404);
  if (standing === "done") return subscribed(c);
  const action = `/subscribe/confirm?token=${encodeURIComponent(token)}`;
  return ask(c, "确认邮件订阅", "按下按钮，订阅就生效。", action, "确认订阅");
}

/** `POST /subscribe/confirm?token=`: the owner says yes. */
export async function confirm(c: Ctx) {
  const deps = c.get("deps");
  const standing = await confirmMailbox(deps, tokenIn(c), deps.wall());
  return standing === "done" ? subscribed(c) : say(c, "链接已经失效", OVER, 404);
}
