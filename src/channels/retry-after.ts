const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/**
 * The wait that a `Retry-After` header asks for, ms from now, or undefined when there is none that makes sense.
 * Seconds (a fraction is rounded up) or an HTTP-date, which is read against the answer's own `Date` header so that this
 * stays a function of the answer. A past date, a negative number and garbage ask for nothing (RFC 9110 §10.2.3).
 */
export function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value)) * 1000;
  // All three forms of an HTTP-date are in GMT; the oldest (asctime) does not say so.
  const at = HTTP_DATE.test(value) ? Date.parse(value.replace(/( GMT)?$/, " GMT")) : Number.NaN;
  const now = Date.parse(headers.date ?? "");
  const wait = at - now;
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}
