/** The readers' pages, forms and feeds. Mounted at `/`, after something has set `deps`, `now` and, for pictures, `actor`. */
import { Hono } from "hono";
import type { FeedFile } from "../../formats/feeds/index.ts";
import { FEEDS } from "../../formats/feeds/index.ts";
import type { App } from "../context.ts";
import { cachedFeed, cachedPage } from "./caching.ts";
import { serveFeed } from "./feed.ts";
import { scripted, secured } from "./headers.ts";
import { columns } from "./pages/columns.tsx";
import { home } from "./pages/home.tsx";
import { inbox } from "./pages/inbox.tsx";
import { leave, leaveForm } from "./pages/leave.tsx";
import { post } from "./pages/post.tsx";
import { column, publication } from "./pages/shelf.tsx";
import { confirm, confirmForm, subscribe, subscribeForm } from "./pages/subscribe.tsx";
import { picture } from "./pictures.ts";
import { askedOfHub, hubPage } from "./websub.tsx";

export const site = new Hono<App>();

// Middleware route by route: under `*` it would also run for whatever is mounted beside the site.
site.get("/", scripted, cachedPage, home);
site.get("/columns", secured, cachedPage, columns);
site.get("/columns/:slug", secured, cachedPage, (c) => column(c, c.req.param("slug")));
site.get("/publications/:slug", secured, cachedPage, (c) => publication(c, c.req.param("slug")));
site.get("/posts/:uid", secured, cachedPage, (c) => post(c, c.req.param("uid")));
site.get("/inbox", secured, inbox);
site.get("/subscribe", scripted, subscribeForm);
site.post("/subscribe", scripted, subscribe);
site.get("/subscribe/confirm", secured, confirmForm);
site.post("/subscribe/confirm", secured, confirm);
site.get("/unsubscribe", secured, leaveForm);
site.post("/unsubscribe", secured, leave);
site.get("/media/:file", secured, picture);
site.get("/websub", secured, hubPage);
site.post("/websub", secured, askedOfHub);

for (const file of Object.keys(FEEDS) as FeedFile[]) {
  site.get(`/${file}`, secured, cachedFeed, (c) => serveFeed(c, { of: "all" }, file));
  site.get(`/publications/:slug/${file}`, secured, cachedFeed, (c) =>
    serveFeed(c, { of: "publication", slug: c.req.param("slug") }, file),
  );
  site.get(`/columns/:slug/${file}`, secured, cachedFeed, (c) =>
    serveFeed(c, { of: "column", slug: c.req.param("slug") }, file),
  );
}
