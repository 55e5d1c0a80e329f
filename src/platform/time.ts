/**
 * Local dates and zones. Epoch milliseconds everywhere, `YYYY-MM-DD` for a date in a zone; nothing here reads a clock.
 */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-US", { timeZone: zone, hour: "2-digit", timeZoneName: "longOffset" });
    formatters.set(zone, found);
  }
  return found;
}

/** Whether the runtime knows the IANA zone name. */
export function isZone(zone: string): boolean {
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
}

/** The zone's offset from UTC at `ms`, in milliseconds (east is positive). */
function offsetAt(ms: number, zone: string): number {
  // "02 PM GMT+08:00", with seconds where a zone once had them, and a bare "GMT" for none. Parts of a date cost five times this.
  const [, sign, ...units] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(formatter(zone).format(ms))!;
  const [hours = 0, minutes = 0, seconds = 0] = units.map((text) => Number(text ?? 0));
  return (sign === "-" ? -1 : 1) * (hours * HOUR + minutes * MINUTE + seconds * SECOND);
}

/** The date in `zone` at `ms`, `YYYY-MM-DD`. */
export function localDate(ms: number, zone: string): string {
  return new Date(ms + offsetAt(ms, zone)).toISOString().slice(0, 10);
}

/**
 * The moment of a local wall time (`HH:MM`) on a local date. A time that a clock change skips is the moment right after
 * the gap; one that happens twice is its first occurrence.
 */
export function zonedTime(date: string, time: string, zone: string): number {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  const before = wanted - offsetAt(wanted - DAY, zone);
  const after = wanted - offsetAt(wanted + DAY, zone);
  const fits = [before, after].filter((ms) => ms + offsetAt(ms, zone) === wanted);
  if (fits.length > 0) return Math.min(...fits);
  // In a gap: the change lies between the two readings.
  let [low, high] = [Math.min(before, after), Math.max(before, after)];
  const offset = offsetAt(low, zone);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** `date` moved by whole days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Whether `text` is a real calendar date `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}

/** `ms` as ISO 8601 with the zone's offset: `2026-11-23T08:30:00+08:00`. */
export function iso(ms: number, zone = "UTC"): string {
  const offset = offsetAt(ms, zone);
  const local = new Date(ms + offset).toISOString().replace(/\.000Z$|Z$/, "");
  if (offset === 0) return `${local}Z`;
  const minutes = Math.abs(offset) / MINUTE;
  const pad = (n: number) => String(Math.trunc(n)).padStart(2, "0");
  return `${local}${offset < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}

/** As {@link iso}; null for null. */
export const isoOrNull = (ms: number | null, zone?: string): string | null => (ms === null ? null : iso(ms, zone));
