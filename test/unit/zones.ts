// What time it is somewhere, told by Intl in another way than src/platform/time.ts asks it: an oracle for tests.
import { DAY } from "../../src/platform/time.ts";

/** Whole, half and quarter hours off; clock changes at 02:00, at midnight, by half an hour, on both hemispheres; none. */
export const ZONES = [
  "Asia/Shanghai",
  "UTC",
  "America/New_York",
  "Europe/London",
  "Europe/Dublin",
  "Australia/Lord_Howe",
  "Australia/Sydney",
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Havana",
  "America/Santiago",
  "America/St_Johns",
  "Asia/Kolkata",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
] as const;

const texts = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Intl.DateTimeFormat>();

function kept(of: Map<string, Intl.DateTimeFormat>, zone: string, make: () => Intl.DateTimeFormat) {
  const found = of.get(zone) ?? make();
  of.set(zone, found);
  return found;
}

/** The wall clock in `zone` at `ms`: `2026-11-23T08:30:00`. */
export function localText(ms: number, zone: string): string {
  const format = kept(
    texts,
    zone,
    () => new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }),
  );
  return format.format(ms).replace(" ", "T");
}

/** The offset that is in force there: `+08:00`, `Z` for none. */
export function offsetText(ms: number, zone: string): string {
  const format = kept(
    offsets,
    zone,
    () => new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }),
  );
  const name = format.formatToParts(ms).find((part) => part.type === "timeZoneName")!.value;
  return /^GMT(\+00:00)?$/.test(name) ? "Z" : name.slice(3);
}

const found = new Map<string, number[]>();

/** The moments of 2025 to 2027 at which the zone's clocks are changed. */
export function transitions(zone: string): number[] {
  const known = found.get(zone);
  if (known) return known;
  const changes: number[] = [];
  const first = Date.UTC(2025, 0, 1);
  for (let day = first; day < first + 3 * 365 * DAY; day += DAY) {
    let [low, high] = [day, day + DAY];
    const [before, after] = [offsetText(low, zone), offsetText(high, zone)];
    if (before === after) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetText(middle, zone) === before) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  found.set(zone, changes);
  return changes;
}
