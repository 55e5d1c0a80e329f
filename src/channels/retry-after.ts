/**
 * The wait that a `Retry-After` header asks for, ms from now, or undefined when there is none that makes sense.
 * Seconds (a fraction is rounded up) or an HTTP-date, which is read against the answer's own `Date` header so that this
 * stays a function of the answer. A past date, a negative number and garbage ask for nothing (RFC 9110 §10.2.3).
 */
export function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value)) * 1000;
  const at = /^[A-Z][a-z]{2},? /.test(value) ? Date.parse(value) : Number.NaN;
  const now = Date.parse(headers.date ?? "");
  const wait = at - now;
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}
