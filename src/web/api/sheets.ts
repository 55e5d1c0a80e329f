import { Hono } from "hono";
import { z } from "zod";
import { findChannel } from "../../delivery/channel-store.ts";
import { notFound } from "../../platform/problem.ts";
import { completeSheet, openSheetAgain, requireSheet } from "../../wechat/sheets/sheets.ts";
import { listSheets, SHEET_STATES } from "../../wechat/sheets/sheet-store.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readJson, readQuery } from "./body.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import * as schemas from "./schemas.ts";
import { sheetSummary, sheetView } from "./sheet-view.ts";

export const sheets = new Hono<App>();
const tag = "handovers";

const query = z.strictObject({ ...schemas.pageQuery.shape, state: z.enum(SHEET_STATES).optional() });

const done = z.strictObject({
  /** Addresses at mp.weixin.qq.com in the order of `articles`, null where there is none. */
  links: z.array(schemas.link.nullable()).max(8).default([]),
  note: schemas.remark.default(""),
});

const reopened = z.strictObject({ reason: schemas.stop.shape.reason });

/** The channel that the path names. Throws a 404 problem. */
async function accountOf(c: Ctx): Promise<{ id: number; uid: string }> {
  const uid = c.req.param("id") ?? "";
  const channel = await findChannel(c.get("deps").db, uid);
  if (!channel) throw notFound("channel", uid);
  return channel;
}

sheets.get(
  "/channels/:id/sheets",
  operation({ summary: "Hand-over sheets 交接单 of a WeChat account, newest first", tag, scope: "read", query }),
  async (c) => {
    requireScope(c, "read");
    const { state, cursor, limit } = readQuery(c, query);
    const account = await accountOf(c);
    const before = positionOf(cursor, Number.MAX_SAFE_INTEGER);
    const found = await listSheets(c.get("deps").db, account.id, state, before, limit + 1);
    return c.json(
      pageOf(
        found,
        limit,
        (sheet) => sheet.id,
        (sheet) => sheetSummary(sheet, account.uid, c.get("now")),
      ),
    );
  },
);

sheets.get(
  "/channels/:id/sheets/:sheet",
  operation({ summary: "A sheet: for each article what to copy and what to do", tag, scope: "read" }),
  async (c) => {
    requireScope(c, "read");
    const { db, siteUrl } = c.get("deps");
    const account = await accountOf(c);
    return c.json(sheetView(await requireSheet(db, account, c.req.param("sheet")), account.uid, siteUrl, c.get("now")));
  },
);

sheets.post(
  "/channels/:id/sheets/:sheet/done",
  operation({ summary: "Tick a sheet off, with the addresses that came of it", tag, scope: "editions", body: done }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { db, siteUrl } = c.get("deps");
    const said = await readJson(c, done);
    const account = await accountOf(c);
    const sheet = await completeSheet(db, account, c.req.param("sheet"), said, actor, c.get("now"));
    return c.json(sheetView(sheet, account.uid, siteUrl, c.get("now")));
  },
);

sheets.post(
  "/channels/:id/sheets/:sheet/reopen",
  operation({ summary: "Open a done sheet again", tag, scope: "editions", body: reopened }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { db, siteUrl } = c.get("deps");
    const { reason } = await readJson(c, reopened);
    const account = await accountOf(c);
    const sheet = await openSheetAgain(db, account, c.req.param("sheet"), reason, actor, c.get("now"));
    return c.json(sheetView(sheet, account.uid, siteUrl, c.get("now")));
  },
);
