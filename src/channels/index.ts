/** The channel kinds. To add one: a file beside these, and a line here. */
import { inbox } from "./inbox.ts";
import type { Kind } from "./kind.ts";
import { webhook } from "./webhook.ts";

const kinds = [webhook, inbox] as const;

export const KIND_NAMES = kinds.map((kind) => kind.name);

const byName = new Map<string, Kind>(kinds.map((kind) => [kind.name, kind as unknown as Kind]));

/** The kind of this name, or undefined. */
export function kindOf(name: string): Kind | undefined {
  return byName.get(name);
}
