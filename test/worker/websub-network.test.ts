/** The hub and subscribers over real sockets: those that mean it, and those that do not. */
import { env } from "cloudflare:workers";
import { parseAtomFeed } from "feedsmith";
import { beforeAll, describe, expect, it } from "vitest";
import { askHub } from "../../src/delivery/hub.ts";
import { at, World } from "./helpers/world.ts";

const TOPIC = "https://kanfa.test/atom.xml";
const PATIENCE = 300;

const world = new World();
world.deps.allowPrivate = true;
world.deps.fetch = (url, init) =>
  fetch(url, { ...init, signal: AbortSignal.any([init.signal!, AbortSignal.timeout(PATIENCE)]) });

interface Posted {
  signed: boolean;
  type: string;
  link: string;
  body: string;
}
const addressOf = (as: string) => `${env.OUTSIDE}/subscriber?as=${as}&mark=${as}&secret=s3%20cret`;
const seen = async (mark: string) => Number(await (await fetch(`${env.OUTSIDE}/seen?mark=${mark}`)).text());
const posted = async (mark: string) => (await fetch(`${env.OUTSIDE}/posted?mark=${mark}`)).json<Posted[]>();

async function asked(as: string): Promise<void> {
  const request = { mode: "subscribe" as const, callback: addressOf(as), topic: TOPIC, lease: 864_000_000 };
  expect(await askHub(world.deps, { ...request, secret: "s3 cret", name: "刊发" }, world.wall)).toBe(true);
  await world.drain();
}
const open = () => world.one(`SELECT count(*) FROM hub_requests WHERE next_at IS NOT NULL`);

beforeAll(async () => {
  await world.wipe();
  await world.articles(await world.publication(), 2);
});

describe("a callback", () => {
  it.each(["refuses", "mistakes", "redirects"])("that %s is asked once, and no channel made", async (as) => {
    await asked(as);
    expect([await seen(as), await world.one(`SELECT count(*) FROM channels`), await open()]).toEqual([1, 0, 0]);
  });

  it.each(["hangs", "breaks"])("that %s will be asked again", async (as) => {
    await asked(as);
    expect([await seen(as), await world.one(`SELECT count(*) FROM channels`), await open()]).toEqual([1, 0, 1]);
    await world.db.prepare(`DELETE FROM hub_requests`).run();
  });

  it("that verifies gets what is new, and believes its signature", async () => {
    await asked("verifies");
    expect(await world.one(`SELECT count(*) FROM channels`)).toBe(1);
    world.wall = at("08:30");
    await world.tick(at("08:30"));
    await world.drain();
    const [post, ...more] = await posted("verifies");
    expect(more).toEqual([]);
    expect(post).toMatchObject({
      signed: true,
      type: "application/atom+xml; charset=utf-8",
      link: `<https://kanfa.test/websub>; rel="hub", <${TOPIC}>; rel="self"`,
    });
    expect(parseAtomFeed(post!.body).entries!.length).toBe(2);
    expect(await world.one(`SELECT cursor FROM channels`)).toBe(2);
  });
});
