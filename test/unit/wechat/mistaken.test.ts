/** What one job, draft or publication must not be taken for: another. */
import { describe, expect, it } from "vitest";
import { insertTakedowns } from "../../../src/wechat/takedowns/takedown-store.ts";
import { AccountOffice } from "./account-office.ts";
import { APP } from "./at.ts";

async function opened(posts: number): Promise<AccountOffice> {
  const office = new AccountOffice();
  await office.account();
  office.release(posts);
  return office;
}

/** What becomes of the calls of a path, in order: asked before the platform hears of them, which it does by `taken`. */
function onCalls(
  office: AccountOffice,
  path: string,
  answer: (nth: number, taken: () => Promise<Response>) => Promise<Response>,
): void {
  const { handle } = office.platform;
  let calls = 0;
  office.platform.handle = (request, options) => {
    const taken = (): Promise<Response> => handle.call(office.platform, request, options);
    return new URL(request.url).pathname === `/cgi-bin/${path}` ? answer(++calls, taken) : taken();
  };
}

const lost = (): never => {
  throw new TypeError("the platform reset the connection");
};

function correct(office: AccountOffice, post: number): void {
  office.now += 1000;
  office.sqlite.query(`UPDATE posts SET title = ?, corrected_at = ? WHERE id = ?`, `更正 ${post}`, office.now, post);
  office.append("corrected", post);
}

const afterLead = (office: AccountOffice): string[] => office.pages.slice(8);

describe("a message to all that used up the day's count itself", () => {
  it("is not published beside", async () => {
    const office = await opened(2);
    onCalls(office, "message/mass/sendall", async (nth, taken) => {
      if (nth === 2) return Response.json({ errcode: 45028, errmsg: "has no masssend quota" });
      const response = await taken();
      return nth === 1 ? lost() : response;
    });
    await office.settle();
    expect(office.pages).toEqual(["mass 稿件 1", "mass 稿件 2"]);
    expect(office.receipts).toEqual(["published mass 1", "published mass 2"]);
  });
});

describe("the publication that a correction takes the place of", () => {
  it("is not taken for the new one, whose draft is gone", async () => {
    const office = await opened(9);
    await office.settle();
    onCalls(office, "freepublish/submit", async () => {
      office.platform.account(APP.app_id).drafts.clear();
      return lost();
    });
    correct(office, 9);
    await office.settle();
    expect(afterLead(office)).toEqual(["publish 稿件 9"]);
    expect(office.rows(`SELECT title FROM alerts WHERE kind = 'wechat.left_out'`)).toHaveLength(1);
  });

  it("stays a person's if nobody can name it to delete it", async () => {
    const office = await opened(9);
    onCalls(office, "freepublish/get", async (_, taken) => {
      const { article_id: _unsaid, ...said } = await (await taken()).json<Record<string, unknown>>();
      return Response.json(said);
    });
    await office.settle();
    correct(office, 9);
    await office.settle();
    expect(afterLead(office)).toEqual(["publish 稿件 9"]);
    expect(office.rows(`SELECT kind FROM wechat_sheets`)).toEqual([{ kind: "correct" }]);
  });
});

describe("an event that comes late", () => {
  it("of a publication that was refused says nothing of the next one, whose answer was lost", async () => {
    const office = await opened(9);
    office.platform.world.faults.outcomes.push({ of: "publish", publish_status: 3 });
    onCalls(office, "freepublish/submit", async (nth, taken) => {
      const response = await taken();
      if (nth !== 2) return response;
      const publishId = office.platform.made("publish")[0]!;
      const finish = {
        type: "publish",
        job: `publish:${publishId}`,
        publishId,
        status: 3,
        articleId: "",
        articles: [],
        failed: [],
      };
      office.sqlite.query(
        `INSERT INTO wechat_finishes (channel_id, job, body, at) SELECT id, ?, ?, ? FROM channels`,
        finish.job,
        JSON.stringify(finish),
        office.now,
      );
      return lost();
    });
    await office.settle();
    expect(office.platform.made("publish")).toHaveLength(2);
    expect(afterLead(office)).toEqual(["publish 稿件 9"]);
  });
});

describe("a take-down", () => {
  it("of what was replaced during its call leaves the receipt of what took its place", async () => {
    const office = await opened(9);
    await office.settle();
    onCalls(office, "freepublish/delete", async (_, taken) => {
      office.sqlite.query(`UPDATE wechat_articles SET job = 'next' WHERE post_id = 9`);
      return taken();
    });
    const db = office.sqlite.d1((_, work) => work());
    await insertTakedowns(db, office.value(`SELECT id FROM channels`), [9], "", office.now).run();
    await office.tick();
    await office.drain();
    expect(afterLead(office)).toEqual([]);
    expect(office.receipts[8]).toBe("published publish 1");
  });
});
