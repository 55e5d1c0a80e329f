/** The ledger over HTTP. */
import { Hono } from "hono";
import { z } from "zod";
import { findDelivery, listDeliveries } from "../../delivery/ledger-store.ts";
import { findResend, listResends } from "../../delivery/resend-store.ts";
import { requireChannel } from "../../delivery/open-channel.ts";
import { notFound } from "../../platform/problem.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readQuery } from "./body.ts";
import { deliveryView, resendView } from "./delivery-view.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import * as schemas from "./schemas.ts";

export const deliveries = new Hono<App>();
const tag = "channels";

const query = schemas.pageQuery.extend({
  /** `live`: the channel's own; `asked`: replays and tests. */
  lane: z.enum(["live", "asked"]).default("live"),
});

deliveries.get(
  "/channels/:id/deliveries",
  operation({ summary: "A channel's deliveries, newest first", tag, scope: "channels", query }),
  async (c) => {
    requireScope(c, "channels");
    const { db } = c.get("deps");
    const { cursor, limit, lane } = readQuery(c, query);
    const channel = await requireChannel(c.get("deps"), c.req.param("id"));
    const before = positionOf(cursor, Number.MAX_SAFE_INTEGER);
    if (lane === "asked")
      return c.json(pageOf(await listResends(db, channel.id, before, limit + 1), limit, ({ id }) => id, resendView));
    return c.json(
      pageOf(await listDeliveries(db, channel.id, before, limit + 1), limit, ({ from }) => from, deliveryView),
    );
  },
);

deliveries.get(
  "/deliveries/:id",
  operation({ summary: "Read a delivery with its attempts", tag, scope: "channels" }),
  async (c) => {
    requireScope(c, "channels");
    const { db } = c.get("deps");
    const id = c.req.param("id");
    const [, uid = "", lane, n] = /^(.+)_([rt]?)(\d{1,15})$/.exec(id) ?? [];
    const shown = lane
      ? await findResend(db, uid, Number(n)).then((found) => found && resendView(found))
      : await findDelivery(db, uid, Number(n)).then((found) => found && deliveryView(found));
    if (!shown || shown.id !== id) throw notFound("delivery", id);
    return c.json(shown);
  },
);
