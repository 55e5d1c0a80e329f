/**
 * The WeChat Official Account platform as a client meets it: it keeps state, and refuses what the platform refuses.
 * Time is the caller's; only Web APIs, so that it runs in Node and inside workerd. Nothing happens by itself: results come
 * when the clock has passed and it is called, or `run`.
 */
import { newAccount, newWorld } from "./accounts.ts";
import { readJson, readUpload } from "./body.ts";
import { datacubeHandlers } from "./datacube.ts";
import { draftHandlers } from "./drafts.ts";
import { deliver, type PostEvent } from "./events.ts";
import { type Fault, faultOf, NoAnswer } from "./faults.ts";
import { echoes, followerHandlers, say, type Saying } from "./followers.ts";
import { massHandlers, start } from "./mass.ts";
import { materialHandlers } from "./material.ts";
import { menuHandlers } from "./menus.ts";
import { publicAnswer, removeByHand } from "./pages.ts";
import { publishHandlers } from "./publish.ts";
import { clearBySecret, count, quotaHandlers } from "./quota.ts";
import { type Account, type Effect, type Entry, type Handlers, Refusal, type Setup, type World } from "./state.ts";
import { askerOf, checkAddress, checkToken, tokenAnswer } from "./tokens.ts";

const HANDLERS: Handlers = {
  ...materialHandlers,
  ...draftHandlers,
  ...publishHandlers,
  ...massHandlers,
  ...menuHandlers,
  ...datacubeHandlers,
  ...followerHandlers,
  ...quotaHandlers((path) => TOKEN_PATHS.has(path) || path in HANDLERS),
};
const TOKEN_PATHS = new Set(["/cgi-bin/stable_token", "/cgi-bin/token"]);
const UPLOADS = new Set(["/cgi-bin/media/uploadimg", "/cgi-bin/material/add_material"]);
export interface Options {
  /** The clock, ms. */
  now: () => number;
  /** How events reach the accounts' callbacks; without it they wait in the outbox. */
  post?: PostEvent;
  /** Where the public pages find the pictures of the CDN; without it at their own addresses. */
  base?: string;
}

/** What the body and the address of one call say, read before anything happens. */
interface Read {
  request: Request;
  path: string;
  query: URLSearchParams;
  bytes: Uint8Array | null;
  file: Awaited<ReturnType<typeof readUpload>>;
  ip: string;
}

export class WechatSimulator {
  readonly world: World;
  readonly #post: PostEvent | undefined;
  base: string | null;

  constructor({ now, post, base }: Options) {
    this.#post = post;
    this.base = base ?? null;
    this.world = newWorld(now);
  }

  /** Opens an account: certified, no whitelist, no callback, unless it is said otherwise. */
  register(setup: Pick<Setup, "app_id" | "secret"> & Partial<Setup>): Account {
    const account = newAccount(setup);
    this.world.accounts.set(account.app_id, account);
    return account;
  }

  /** The account of an AppID that was registered. */
  account(app_id: string): Account {
    const account = this.world.accounts.get(app_id);
    if (!account) throw new Error(`no account ${app_id}`);
    return account;
  }

  /** Faults of calls: push one, and the call that it means meets it. */
  get script(): Fault[] {
    return this.world.faults.calls;
  }

  /** Effects of a kind, in order. */
  made(kind: Effect["kind"], app_id?: string): string[] {
    const entries = this.world.log.filter((entry) => app_id === undefined || entry.app_id === app_id);
    return entries.flatMap(({ effects }) => effects.filter((effect) => effect.kind === kind).map(({ of }) => of));
  }

  /** Lets everything happen that is due by now. */
  settle(): void {
    const { timers, now } = this.world;
    for (;;) {
      const due = timers.filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at)[0];
      if (!due) return;
      timers.splice(timers.indexOf(due), 1);
      due.act(due.at);
    }
  }

  /** Settles, and posts the events that are due; gives how many were taken. */
  async run(): Promise<number> {
    this.settle();
    return this.#post ? deliver(this.world, this.#post) : 0;
  }

  /** The office sends a draft to all on the platform's web site: this asks no API, and its event comes all the same. */
  sendByHand(app_id: string, media_id: string): number {
    const account = this.account(app_id);
    const draft = account.drafts.get(media_id);
    if (!draft) throw new Error(`no draft ${media_id}`);
    const how = { by: "hand", to_all: true, clientmsgid: null, ignoreReprint: true } as const;
    return start(this.world, account, draft, this.world.now(), how).msg_id;
  }

  /** What the administrator says to the mass send that waits for him. */
  decide(app_id: string, yes: boolean): void {
    const waiting = this.account(app_id).sends.find(({ confirmed }) => confirmed !== null);
    if (!waiting) throw new Error("no mass send waits for the administrator");
    waiting.confirmed!(yes);
  }

  /** Pages of an article_id or msg_id are deleted by hand, or banned by the platform; fires nothing. */
  remove(app_id: string, id: string | number, how: "deleted" | "banned", index?: number): void {
    const account = this.account(app_id);
    const found =
      account.publications.find(({ article_id }) => article_id === id) ??
      account.sends.find(({ msg_id }) => String(msg_id) === String(id));
    if (!found) throw new Error(`nothing published as ${id}`);
    removeByHand(account, index === undefined ? found.pages : found.pages.slice(index - 1, index), how);
  }

  /** A follower says something; gives the account's answer, opened, empty if there is none. */
  say(app_id: string, saying: Saying): Promise<string> {
    if (!this.#post) throw new Error("nothing was given to post with");
    return say(this.world, this.account(app_id), saying, this.#post);
  }

  /** Whether the callback answers as it has to when its address is entered. */
  echoes(app_id: string, ask: (url: string) => Promise<Response>): Promise<boolean> {
    return echoes(this.world, this.account(app_id), ask);
  }

  /** Answers a request to any of the platform's hosts. Throws `NoAnswer` where a script wants no answer at all. */
  async handle(request: Request, { ip = "203.0.113.7" }: { ip?: string } = {}): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(request.url);
    const page = request.method === "GET" ? publicAnswer(this.world, request, this.base) : null;
    if (page) return page;
    const upload = UPLOADS.has(path);
    const file = upload && request.method === "POST" ? await readUpload(request) : null;
    const bytes = upload || request.method !== "POST" ? null : new Uint8Array(await request.arrayBuffer());
    this.settle();
    const answer = this.#answer({ request, path, query, bytes, file, ip });
    this.settle();
    return answer;
  }

  #answer(read: Read): Response {
    const { world } = this;
    const { path, file, bytes } = read;
    const summary = file?.hash ?? (bytes ? new TextDecoder().decode(bytes).slice(0, 300) : "");
    const entry: Entry = { at: world.now(), app_id: this.#caller(read), path, summary, errcode: 0, effects: [] };
    world.log.push(entry);
    const fault = faultOf(world.faults, entry.app_id, path);
    if (fault && fault.when !== "after") return this.#faulty(fault, entry);
    let answer: object;
    try {
      answer = this.#call(read, entry);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = this.#refuse(entry, error.errcode, error.message, error.extra);
    }
    return fault ? this.#faulty(fault, entry) : json(path, answer);
  }

  /** Whose call it is, for the log and the scripts, whether or not it will be refused. */
  #caller({ request, path, query, bytes, ip }: Read): string {
    if (!TOKEN_PATHS.has(path)) return this.world.tokens.get(query.get("access_token") ?? "")?.app_id ?? "";
    return askerOf({ method: request.method, path, query, body: bytes ? lenient(bytes) : {}, ip });
  }

  #call({ request, path, query, bytes, file, ip }: Read, entry: Entry): object {
    const { world } = this;
    const now = world.now();
    const effect = (kind: Effect["kind"], of: string): void => void entry.effects.push({ kind, of });
    if (TOKEN_PATHS.has(path)) {
      const body = path === "/cgi-bin/stable_token" && bytes ? readJson(bytes) : {};
      const call = { method: request.method, path, query, body, ip };
      const given = tokenAnswer(world, call, now, (account) => count(account, path, now));
      effect("token", entry.app_id);
      return given;
    }
    if (path === "/cgi-bin/clear_quota/v2")
      return clearBySecret(world, { ...Object.fromEntries(query), ...(bytes?.length && readJson(bytes)) }, now);
    const handler = HANDLERS[path];
    if (!handler) throw new Refusal(40066);
    if (request.method !== handler.method) throw new Refusal(handler.method === "GET" ? 43001 : 43002);
    const account = checkToken(world, query.get("access_token"), now);
    if (account.whitelist_for === "all") checkAddress(account, ip);
    if (!path.startsWith("/cgi-bin/openapi/") && path !== "/cgi-bin/clear_quota") count(account, path, now);
    const body = bytes && handler.method === "POST" ? readJson(bytes) : {};
    return handler.handle({ world, account, now, query, body, file, effect });
  }

  #refuse(entry: Entry, errcode: number, message: string, extra: object = {}): object {
    entry.errcode = errcode;
    const { rids, log } = this.world;
    const rid = `${Math.floor(entry.at / 1000).toString(16)}-${log.length.toString(16).padStart(8, "0")}-0a1b2c3d`;
    const errmsg = `${message} rid: ${rid}`;
    const request = { request_url: entry.path, request_body: entry.summary, response_body: errmsg, client_ip: "" };
    rids.set(rid, { app_id: entry.app_id, at: entry.at, request });
    return { errcode, errmsg, ...extra };
  }

  #faulty({ path, answer }: Fault, entry: Entry): Response {
    if (answer === "timeout" || answer === "reset") throw new NoAnswer(answer);
    if (answer === "http-502") return new Response("<html>502 Bad Gateway</html>", { status: 502 });
    if (answer === "html") return new Response("<html>系统繁忙</html>", { headers: { "content-type": "text/html" } });
    const { errcode, errmsg } = answer;
    return json(path, this.#refuse(entry, errcode, errmsg ?? new Refusal(errcode).message));
  }
}

function lenient(bytes: Uint8Array): Record<string, unknown> {
  try {
    return readJson(bytes);
  } catch {
    return {};
  }
}

/** HTTP 200 whatever it says; what it calls itself differs by path, and is seldom right. */
function json(path: string, answer: object): Response {
  const type = UPLOADS.has(path)
    ? "text/plain"
    : path.startsWith("/cgi-bin/draft/")
      ? "application/json"
      : "application/json; encoding=utf-8";
  return new Response(JSON.stringify(answer), { headers: { "content-type": type } });
}
