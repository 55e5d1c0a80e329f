/** HTTP: what every request passes through, and where it goes. */
import { Hono } from "hono";
import { generateSpecs } from "hono-openapi";
import { depsOf } from "../deps.ts";
import { Problem } from "../platform/problem.ts";
import { account } from "./api/account.ts";
import { accountHealthRoutes } from "./api/account-health.ts";
import { articleActs } from "./api/article-acts.ts";
import { articles } from "./api/articles.ts";
import { authenticate } from "./api/auth.ts";
import { calendar } from "./api/calendar.ts";
import { channelActs } from "./api/channel-acts.ts";
import { channels } from "./api/channels.ts";
import { deliveries } from "./api/deliveries.ts";
import type { Description } from "./api/docs.tsx";
import { docs } from "./api/docs.tsx";
import { editions } from "./api/editions.ts";
import { forecasts } from "./api/forecast.ts";
import { handovers } from "./api/handovers.ts";
import { health } from "./api/health.ts";
import { idempotent } from "./api/idempotency.ts";
import { mediaRoutes } from "./api/media.ts";
import { newsroom } from "./api/newsroom.ts";
import { preflight } from "./api/preflight.ts";
import { preview } from "./api/preview.ts";
import { publications } from "./api/publications.ts";
import { record } from "./api/record.ts";
import { sheets } from "./api/sheets.ts";
import { terms } from "./api/terms.ts";
import { wire } from "./api/wire.ts";
import type { App } from "./context.ts";
import { push } from "./readers/push.ts";
import { problemOf, problemResponse } from "./problems.ts";
import { site } from "./site/index.tsx";
import { wechatCallback } from "./wechat/callback.ts";

export const app = new Hono<App>();

app.use(async (c, next) => {
  const deps = depsOf(c.env);
  c.set("deps", deps);
  c.set("now", deps.wall());
  c.set("body", null);
  await next();
  c.header("x-content-type-options", "nosniff");
});
app.use("/api/*", authenticate, idempotent);
// An editor's token opens pictures that are not public yet.
app.use("/media/*", authenticate);

for (const room of [
  health,
  articles,
  articleActs,
  mediaRoutes,
  preflight,
  preview,
  publications,
  editions,
  record,
  handovers,
  sheets,
  calendar,
  forecasts,
  channels,
  channelActs,
  account,
  accountHealthRoutes,
  deliveries,
  newsroom,
  terms,
  wire,
])
  app.route("/api", room);

app.route("/", push);
app.route("/", wechatCallback);

const describe = () =>
  generateSpecs(app, {
    documentation: {
      openapi: "3.1.0",
      info: {
        title: "Kanfa API",
        version: "1",
        description:
          "Queue articles, read editions, manage channels. Lists page with cursor and limit; changes need If-Match; POST takes Idempotency-Key; errors are problem documents.",
      },
      components: {
        securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
        schemas: {
          Problem: {
            type: "object",
            required: ["type", "title", "status", "detail"],
            properties: {
              type: { type: "string" },
              title: { type: "string" },
              status: { type: "integer" },
              detail: { type: "string" },
              errors: {
                type: "array",
                items: { type: "object", properties: { field: { type: "string" }, message: { type: "string" } } },
              },
            },
          },
        },
      },
    },
  });

app.get("/api/openapi.json", async (c) => c.json(await describe()));
app.route(
  "/",
  docs(async () => (await describe()) as unknown as Description),
);
app.route("/", site);

app.notFound((c) =>
  problemResponse(new Problem(404, "Not found", `There is nothing at ${c.req.method} ${c.req.path}.`)),
);
app.onError((error, c) => problemResponse(problemOf(error, c)));
