/** The readers' side of a world: their pages and their browsers' requests, with what these set going. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { depsOf } from "../../../src/deps.ts";
import type { App } from "../../../src/web/context.ts";
import { problemOf, problemResponse } from "../../../src/web/problems.ts";
import { push } from "../../../src/web/readers/push.ts";
import { site } from "../../../src/web/site/index.tsx";
import { at, type World } from "./world.ts";

export const HOUR = 3_600_000;

/** As in wrangler.toml. */
const LIMIT = 10;

export class Readers {
  /** How often each address was counted in this minute. */
  readonly counted = new Map<string, number>();
  readonly #app = new Hono<App>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    const limit = async ({ key }: { key: string }) => {
      const times = (this.counted.get(key) ?? 0) + 1;
      this.counted.set(key, times);
      return { success: times <= LIMIT };
    };
    this.#app.use(async (c, next) => {
      c.set("deps", { ...depsOf(env), ...world.deps, readers: { limit } });
      c.set("now", world.wall);
      c.set("actor", null);
      c.set("body", null);
      await next();
    });
    this.#app.route("/", push);
    this.#app.route("/", site);
    this.#app.onError((error, c) => problemResponse(problemOf(error, c)));
  }

  /** A request as a reader makes it, and all that it set going. */
  async ask(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) {
    const context = createExecutionContext();
    const from = { "cf-connecting-ip": "203.0.113.7", ...headers };
    const init = { method, headers: from, ...(body !== undefined && { body }) };
    const response = await this.#app.request(path, init, env, context);
    await waitOnExecutionContext(context);
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** Sends the form for letters. */
  signUp(address: string, more: Record<string, string[]> = {}) {
    return this.ask("POST", "/subscribe", form({ address, ...more }));
  }

  /** A mailbox that was confirmed; the letter that asked is forgotten. */
  async subscribed(address: string): Promise<void> {
    await this.signUp(address);
    await this.ask("POST", linkIn(this.#world.letters.at(-1)!.text));
    this.#world.letters = [];
  }

  /** Everything that a refused request must leave as it is. */
  written(): Promise<number[]> {
    const count = (table: string) => this.#world.one<number>(`SELECT count(*) FROM ${table}`);
    return Promise.all(["channels", "confirmations", "audit", "shards"].map((table) => count(table)));
  }
}

/** A form's fields as a browser sends them. */
export function form(fields: Record<string, string | string[]>): URLSearchParams {
  const sent = new URLSearchParams();
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) sent.append(name, value);
  return sent;
}

/** The path of the link with a token in a letter. */
export const linkIn = (text: string): string => /https:\/\/kanfa\.test(\/\S+?token=[\w.-]+)/.exec(text)![1]!;

/** Plans and releases two articles at 08:30, and lets them be delivered: notices at once, letters in the evening. */
export async function edition(world: World, publication: number): Promise<void> {
  await world.articles(publication, 2);
  for (const time of ["08:30", "19:00"]) {
    world.wall = at(time);
    await world.tick(world.wall);
    await world.drain();
  }
}
