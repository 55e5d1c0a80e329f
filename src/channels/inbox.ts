/** The demo inbox: a built-in subscriber, so that a newcomer sees posts arrive without an account anywhere. */
import { z } from "zod";
import type { Kind } from "./kind.ts";
import { judgeFailure } from "./kind.ts";

const config = z.strictObject({});

export const inbox: Kind<z.output<typeof config>, string> = {
  name: "inbox",
  config,
  secrets: [],
  address: null,
  signs: null,
  limits: { batch: 8, deadline: 5_000 },
  unknown: "resend",
  wants: () => "summary",
  variant: () => "",
  compose: (items) => JSON.stringify(items.map(({ seq, kind, at, note, post }) => ({ seq, kind, at, note, post }))),
  composeAlerts: (items) => JSON.stringify(items),
  request: (body) => ({ transport: "inbox", url: "inbox", headers: {}, body }),
  judge(reply) {
    if (reply.type !== "response") return judgeFailure(reply);
    return reply.status === 200 ? { type: "accepted", why: "kept" } : { type: "retry", why: `HTTP ${reply.status}` };
  },
};
