import { Hono } from "hono";
import { keepMedia, mediaPath } from "../../articles/media.ts";
import { Problem } from "../../platform/problem.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { bodyOf } from "./body.ts";
import { operation } from "./operation.ts";
import { isVideoUpload, receiveVideo } from "./upload.ts";

export const mediaRoutes = new Hono<App>();

mediaRoutes.post(
  "/media",
  operation({
    summary: "Upload a picture, or a video sent as video/mp4",
    tag: "media",
    scope: "articles:write",
    upload: "*/*",
    status: 201,
    answer: "The address of what was uploaded.",
  }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { db, media } = c.get("deps");
    if (isVideoUpload(c)) {
      const kept = await receiveVideo(c, actor);
      c.header("location", kept.url);
      return c.json(kept, 201);
    }
    const bytes = await bodyOf(c);
    if (bytes.length === 0)
      throw new Problem(422, "Invalid request", "The body is empty: send the picture's bytes.", {
        errors: [{ field: "(body)", message: "is empty" }],
      });
    const kept = await keepMedia({ db, media }, bytes, actor, c.get("now"));
    const url = mediaPath(kept.hash, kept.type);
    c.header("location", url);
    return c.json({ hash: kept.hash, type: kept.type, size: kept.size, url }, 201);
  },
);
