import { createMiddleware } from "hono/factory";
import type { App } from "../context.ts";

/** The site has no script, no frame and no form that leaves it; pictures may come from wherever a manuscript says. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' https: http:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Sets the security headers of everything that readers get. */
export const secured = createMiddleware<App>(async (c, next) => {
  await next();
  c.res.headers.set("content-security-policy", POLICY);
  c.res.headers.set("x-content-type-options", "nosniff");
  // Picture hosts of other newsrooms refuse requests that name a foreign page.
  c.res.headers.set("referrer-policy", "same-origin");
});
