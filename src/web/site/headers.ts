import { createMiddleware } from "hono/factory";
import type { App } from "../context.ts";

/** The site has no script, no frame and no form that leaves it; pictures may come from wherever a manuscript says. */
const PARTS = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' https: http:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];
/** The pages that offer notifications have one script of ours, which asks the office alone and starts one worker. */
const SCRIPTED = [...PARTS, "script-src 'self'", "connect-src 'self'", "worker-src 'self'"];

const securing = (policy: readonly string[]) =>
  createMiddleware<App>(async (c, next) => {
    await next();
    c.res.headers.set("content-security-policy", policy.join("; "));
    c.res.headers.set("x-content-type-options", "nosniff");
    // Picture hosts of other newsrooms refuse requests that name a foreign page.
    c.res.headers.set("referrer-policy", "same-origin");
  });

/** Sets the security headers of everything that readers get. */
export const secured = securing(PARTS);

/** The same for a page with the button for notifications. */
export const scripted = securing(SCRIPTED);
