/** What is refused of a channel before it is stored. */
import type { AnyKind } from "../channels/kind.ts";
import { takesSteps } from "../channels/kind.ts";
import { invalid, Problem, unavailable } from "../platform/problem.ts";
import type { Filter } from "./filter.ts";
import type { SubscriptionDeps } from "./open-channel.ts";
import { judgeTarget } from "./target.ts";
import type { Purpose } from "./types.ts";

/** Throws a 422 problem for what alerts cannot have: a filter, since whoever is told of trouble is told of all of it, and a kind that only carries posts. */
export function checkPurpose(purpose: Purpose, kind: AnyKind, filter: Filter): void {
  if (purpose === "alert" && takesSteps(kind)) throw invalid("kind", "carries news only");
  if (purpose === "alert" && Object.keys(filter).length > 0)
    throw invalid("filter", "is not for a channel of purpose “alert”, which gets every alert");
}

/**
 * Checks a config against its kind and the target guard. Throws a 422 problem naming each member, a 503 problem when the
 * address could not be looked up.
 */
export async function checkConfig(
  deps: SubscriptionDeps,
  kind: AnyKind,
  config: unknown,
): Promise<Record<string, unknown>> {
  const parsed = kind.config.safeParse(config);
  if (!parsed.success)
    throw new Problem(422, "Invalid request", "The channel's config does not fit its kind.", {
      errors: parsed.error.issues.flatMap((issue) => {
        const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
        return paths.map((path) => ({ field: ["config", ...path.map(String)].join("."), message: issue.message }));
      }),
    });
  const checked = parsed.data as Record<string, unknown>;
  const address = kind.address === null ? undefined : checked[kind.address];
  if (typeof address === "string") {
    const rules = { own: [new URL(deps.siteUrl).hostname], allowPrivate: deps.allowPrivate, hosts: kind.hosts };
    const target = await judgeTarget(address, rules, deps.resolve);
    if (target.type === "refused") throw invalid(`config.${kind.address}`, target.why);
    if (target.type === "unsure")
      throw unavailable(`The host of config.${kind.address} ${target.why}; try again shortly.`);
  }
  return checked;
}
