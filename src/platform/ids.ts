import { V7Generator } from "uuidv7";

const generator = new V7Generator();
/** How far time may step back (a late cron, a replayed day) before ids stop increasing: an hour. */
const ROLLBACK_MS = 3_600_000;

/** A new UUIDv7 whose time part is `now` (epoch ms), increasing within one isolate. */
export function newId(now: number): string {
  return generator.generateOrResetCore(Math.max(0, Math.trunc(now)), ROLLBACK_MS).toString();
}

/** A random token for guarding one batch or one lease: 128 bits, hex. */
export function newStamp(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

/** The UUIDv8 that always belongs to `seed`: creating twice under one Idempotency-Key names one thing. */
export async function idOf(seed: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(seed))).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toHex();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
