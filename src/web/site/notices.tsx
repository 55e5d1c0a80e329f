/** Pages that say one thing, to a reader who followed a link or sent a form. Never kept: they are about one reader. */
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Ctx } from "../context.ts";
import { respond } from "./layout.tsx";

/** A page of a heading and a few words. */
export function say(c: Ctx, title: string, children: Child, status: ContentfulStatusCode = 200) {
  c.header("cache-control", "no-store");
  return respond(
    c,
    {
      title,
      description: title,
      path: null,
      children: (
        <div class="notice">
          <h1>{title}</h1>
          {children}
        </div>
      ),
    },
    status,
  );
}

/** A page with one button, which sends a form to `action`: mail scanners follow links, but press no buttons. */
export function ask(c: Ctx, title: string, words: string, action: string, button: string) {
  return say(
    c,
    title,
    <>
      <p>{words}</p>
      <form method="post" action={action}>
        <button type="submit">{button}</button>
      </form>
    </>,
  );
}

/** The token in a link that a letter carried; no longer than any of ours. */
export const tokenIn = (c: Ctx): string => (c.req.query("token") ?? "").slice(0, 200);
