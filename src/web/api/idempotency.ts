/**
 * `Idempotency-Key` on POST: the same request again gets the stored answer for 24 hours. The answer is sealed, since it
 * may show a secret. Only successes are kept; a request that failed may be repeated under its key. One that we failed, or
 * that died, is repeated as the same request: what it may have made already is found under the same id.
 */
import { createMiddleware } from "hono/factory";
import { open, seal, sha256 } from "../../platform/crypto.ts";
import { idOf, newId } from "../../platform/ids.ts";
import { Problem } from "../../platform/problem.ts";
import { MINUTE } from "../../platform/time.ts";
import type { App, Ctx } from "../context.ts";
import { bodyOf } from "./body.ts";
import { dropRequest, keepAnswer, readRequest, releaseRequest, takeRequest } from "../../platform/requests.ts";
import { isVideoUpload } from "./upload.ts";

/** A request that has not answered after this has died. */
const LEASE = MINUTE;

const place = (principal: string, key: string): string => `requests:${principal}:${key}`;

/** The key of the request, or null. Throws 422 for one that is not plain ASCII of 1 to 255 characters. */
function keyOf(c: Ctx): string | null {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Problem(422, "Invalid request", "Idempotency-Key must be 1 to 255 printable ASCII characters.", {
      errors: [{ field: "Idempotency-Key", message: "must be 1 to 255 printable ASCII characters" }],
    });
  return key;
}

/** The public id of what the request makes: the same in every attempt at one request under an Idempotency-Key. */
export async function idFor(c: Ctx): Promise<string> {
  const since = c.get("since");
  return since === undefined
    ? newId(c.get("now"))
    : idOf(`${c.get("actor")?.name}\n${c.req.path}\n${keyOf(c)}\n${since}`);
}

/** See the head of this file. Comes after `authenticate`: a key belongs to the one who sends it. */
export const idempotent = createMiddleware<App>(async (c, next) => {
  const actor = c.get("actor");
  // A video is too large to be hashed before it is read; named by its content, the same upload again is the same thing.
  const key = c.req.method === "POST" && actor && !isVideoUpload(c) ? keyOf(c) : null;
  if (key === null || !actor) return next();
  const { db, keys, wall } = c.get("deps");
  const principal = actor.name;
  const fingerprint = await sha256(`${c.req.method} ${c.req.path} ${await sha256(await bodyOf(c))}`);

  const now = c.get("now");
  const held = { principal, key, until: wall() + LEASE };
  const since = await takeRequest(db, { principal, key, fingerprint }, held.until, now);
  if (since === null) {
    const earlier = await readRequest(db, principal, key);
    if (earlier && earlier.fingerprint !== fingerprint)
      throw new Problem(422, "Key reused", "This Idempotency-Key was used for another request; choose a new one.", {
        errors: [{ field: "Idempotency-Key", message: "was used for another request" }],
      });
    if (!earlier || earlier.answer === null || earlier.status === null)
      throw new Problem(409, "Still running", "The first request under this Idempotency-Key has not answered yet.", {
        headers: { "retry-after": "1" },
      });
    const { headers, body } = JSON.parse(
      await unzip(await open(earlier.answer, place(principal, key), keys)),
    ) as Stored;
    return new Response(earlier.status === 204 ? null : body, {
      status: earlier.status,
      headers: { ...headers, "idempotency-replayed": "true" },
    });
  }
  c.set("since", since);
  await next();
  if (c.res.ok) {
    const stored: Stored = { headers: keptHeaders(c.res), body: await c.res.clone().text() };
    const answer = await seal(await zip(JSON.stringify(stored)), place(principal, key), keys);
    await keepAnswer(db, held, c.res.status, answer).run();
  } else {
    await (c.res.status < 500 ? dropRequest(db, held) : releaseRequest(db, held)).run();
  }
});

// A value of D1 holds 2 MB, and JSON within JSON may make four bytes out of one of the text.
const zip = async (text: string): Promise<string> =>
  (await new Response(new Response(text).body!.pipeThrough(new CompressionStream("gzip"))).bytes()).toBase64();
const unzip = (text: string): Promise<string> =>
  new Response(new Response(Uint8Array.fromBase64(text)).body!.pipeThrough(new DecompressionStream("gzip"))).text();

interface Stored {
  headers: Record<string, string>;
  body: string;
}

function keptHeaders(response: Response): Record<string, string> {
  return Object.fromEntries(
    ["content-type", "location", "etag"].flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
