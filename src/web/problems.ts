/** Errors as answers: problem documents (RFC 9457) that say what is wrong and leak nothing. */
import { HTTPException } from "hono/http-exception";
import { failureOf } from "../platform/d1.ts";
import { logFault } from "../platform/log.ts";
import { Problem } from "../platform/problem.ts";
import type { Ctx } from "./context.ts";

const TITLES: Record<number, string> = { 404: "Not found", 405: "Method not allowed" };

/** The answer for a problem. */
export function problemResponse(problem: Problem): Response {
  return Response.json(
    {
      type: "about:blank",
      title: problem.title,
      status: problem.status,
      detail: problem.message,
      ...(problem.errors.length > 0 && { errors: problem.errors }),
    },
    { status: problem.status, headers: { ...problem.headers, "content-type": "application/problem+json" } },
  );
}

/** What was thrown, as a problem. Our own faults go to the log and become a bare 500 or, if D1 is away, a 503. */
export function problemOf(error: unknown, c: Ctx): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException)
    return new Problem(error.status, TITLES[error.status] ?? "Request failed", error.message || "The request failed.");
  logFault(`${c.req.method} ${c.req.routePath}`, error);
  return failureOf(error) === "defect"
    ? new Problem(500, "Internal error", "Something went wrong here. It is in the log; nothing was half done.")
    : new Problem(503, "Unavailable", "The database is busy. Repeat the request with the same Idempotency-Key.", {
        headers: { "retry-after": "5" },
      });
}
