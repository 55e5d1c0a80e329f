/** Where a kind's platform is reached: its own hosts, or a relay or test double in front of them. */
import { z } from "zod";

/** Kind → base URL; `doh` → the resolver that the target guard asks. */
export type ApiBases = Readonly<Record<string, string>>;

const bases = z.record(z.string(), z.url({ protocol: /^https?$/ }));

/** Reads `KANFA_API_BASES`. Throws when it is not a JSON object of kinds and http(s) addresses. */
export function readApiBases(json: string | undefined): ApiBases {
  if (!json) return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('KANFA_API_BASES is not JSON: it must be like {"wecom": "https://relay.example.cn"}.');
  }
  const parsed = bases.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`KANFA_API_BASES: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

/** The same path and query at another base: `https://relay.cn/wecom` and `https://a.com/x?y` give `https://relay.cn/wecom/x?y`. */
export function rebased(address: string, base: string): string {
  const { pathname, search } = new URL(address);
  return base.replace(/\/+$/, "") + pathname + search;
}
