/** What a test has the platform do wrong: calls that fail, outcomes that are bad, events that are lost. */

type FaultAnswer = { errcode: number; errmsg?: string } | "timeout" | "reset" | "http-502" | "html";

/** A call that goes wrong. */
export interface Fault {
  path: string;
  app_id?: string;
  /** Which of the calls of the path from now on: 1, the next one, unless said. */
  nth?: number;
  /** Whether the call has had its effect by then; unless said, it has not. */
  when?: "before" | "after";
  answer: FaultAnswer;
}

/** How the next publication or mass send ends; as it should where nothing is said. */
export interface Outcome {
  app_id?: string;
  of: "publish" | "mass";
  /** `publish_status`: 2 originality, 3 failure, 4 review. */
  publish_status?: 2 | 3 | 4;
  /** Which articles are at fault, from 1. */
  fail_idx?: readonly number[];
  /** `send fail`, `err(20001)` … */
  status?: string;
  /** The platform takes an article for a reprint: fatal unless `send_ignore_reprint` is 1. */
  reprint?: boolean;
  /** How long it takes, ms. */
  delay?: number;
}

/** What becomes of the next event of a name (or of any). */
export interface EventFault {
  app_id?: string;
  event?: string;
  /** `last`: after all others that are due with it. */
  do: "lose" | "double" | "last" | { delay: number };
}

/** Thrown out of `handle` where there would be no answer at all. A server hangs, or resets the connection. */
export class NoAnswer extends Error {
  readonly how: "timeout" | "reset";

  constructor(how: "timeout" | "reset") {
    super(how === "timeout" ? "the platform does not answer" : "the platform reset the connection");
    this.name = how === "timeout" ? "TimeoutError" : "TypeError";
    this.how = how;
  }
}

export interface Faults {
  calls: Fault[];
  outcomes: Outcome[];
  events: EventFault[];
}

function take<T extends { app_id?: string }>(list: T[], app_id: string, fits: (item: T) => boolean): T | undefined {
  const at = list.findIndex((item) => (item.app_id ?? app_id) === app_id && fits(item));
  return at === -1 ? undefined : list.splice(at, 1)[0];
}

/** The fault that this call of `path` meets, which is used up by it. */
export function faultOf(faults: Faults, app_id: string, path: string): Fault | undefined {
  const meant = faults.calls.filter((fault) => fault.path === path && (fault.app_id ?? app_id) === app_id);
  for (const fault of meant) fault.nth = (fault.nth ?? 1) - 1;
  return take(faults.calls, app_id, (fault) => fault.path === path && (fault.nth ?? 1) <= 0);
}

export const outcomeOf = (faults: Faults, app_id: string, of: Outcome["of"]): Outcome =>
  take(faults.outcomes, app_id, (outcome) => outcome.of === of) ?? { of };

export const eventFault = (faults: Faults, app_id: string, event: string): EventFault | undefined =>
  take(faults.events, app_id, (fault) => (fault.event ?? event) === event);
