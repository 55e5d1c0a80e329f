/** What the ledger forgets, and what it keeps. */
import { beforeEach, expect, it } from "vitest";
import { askReplay } from "../../src/delivery/resend.ts";
import { requireChannel } from "../../src/delivery/open-channel.ts";
import { at, World } from "./helpers/world.ts";

const world = new World();
const DAY = 86_400_000;

beforeEach(async () => {
  await world.wipe();
  const publication = await world.publication();
  await world.webhook(1);
  await world.articles(publication, 2);
  world.endpoint = ({ body }) => new Response("", { status: body.includes('"seq":1,') ? 422 : 200 });
  world.wall = at("08:30");
  await world.tick(world.wall);
  await world.recover(world.wall, 10);
});

/** Comes back after so many days, and lets the hourly chores run. */
async function later(days: number): Promise<{ live: string[]; asked: string[] }> {
  world.wall += days * DAY;
  await world.tick(world.wall);
  const outcomes = async (table: string) =>
    (await world.all<{ outcome: string }>(`SELECT outcome FROM ${table}`)).map(({ outcome }) => outcome);
  return { live: await outcomes("deliveries"), asked: await outcomes("resends") };
}

it("what arrived is forgotten after thirty days, what did not is kept", async () => {
  expect((await later(29)).live).toEqual(["rejected", "accepted"]);
  expect((await later(2)).live).toEqual(["rejected"]);
});

it("a replay that has ended is forgotten then too, one that waits is not", async () => {
  const channel = await requireChannel(world.deps, "channel-1");
  const actor = { name: "test", role: null, scopes: [] };
  await askReplay(world.deps, channel, { type: "range", from: 2, to: 2 }, actor, world.wall);
  await world.drain();
  world.losesMessages = true;
  await askReplay(world.deps, channel, { type: "range", from: 1, to: 1 }, actor, world.wall);
  expect((await later(29)).asked).toEqual(["accepted", "pending"]);
  expect((await later(2)).asked).toEqual(["pending"]);
});
