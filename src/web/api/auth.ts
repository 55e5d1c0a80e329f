/** Who is calling: hashed bearer tokens with scopes. */
import { createMiddleware } from "hono/factory";
import { findToken } from "../../newsroom/token-store.ts";
import type { Actor, Scope } from "../../newsroom/types.ts";
import { SCOPES } from "../../newsroom/types.ts";
import { sameText, sha256 } from "../../platform/crypto.ts";
import { Problem } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="kanfa"' };

/** Notes who sent the request; nobody for one without a token. Throws 401 for a token that is wrong, 429 for a guesser. */
export const authenticate = createMiddleware<App>(async (c, next) => {
  const header = c.req.header("authorization");
  c.set("actor", header === undefined ? null : await actorOf(c, header));
  await next();
});

async function actorOf(c: Ctx, header: string): Promise<Actor> {
  const { db, adminToken, denials } = c.get("deps");
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token !== undefined) {
    if (adminToken !== undefined && (await sameText(token, adminToken)))
      return { name: "admin", role: "admin", scopes: SCOPES };
    const found = await findToken(db, await sha256(token));
    if (found)
      return {
        name: found.person === null ? `token:${found.uid}` : `person:${found.person}`,
        role: found.role,
        scopes: JSON.parse(found.scopes) as Scope[],
      };
  }
  // Only wrong tokens are counted: a caller with a right one is never slowed down.
  const { success } = await denials.limit({ key: c.req.header("cf-connecting-ip") ?? "unknown" });
  if (!success)
    throw new Problem(429, "Too many requests", "Too many wrong tokens from this address; wait a minute.", {
      headers: { "retry-after": "60" },
    });
  throw new Problem(401, "Unauthorized", "The token is not known or has been revoked.", { headers: CHALLENGE });
}

/** Whoever is acting, if their token has the scope. Throws 401 without a token, 403 without the scope. */
export function requireScope(c: Ctx, scope: Scope): Actor {
  const actor = c.get("actor");
  if (!actor)
    throw new Problem(401, "Unauthorized", "Send a token as Authorization: Bearer <token>.", { headers: CHALLENGE });
  if (!actor.scopes.includes(scope) && !actor.scopes.includes("admin"))
    throw new Problem(403, "Forbidden", `This needs a token with the scope “${scope}”.`);
  return actor;
}
