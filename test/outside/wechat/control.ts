/** `POST /control`: what a test in another process, or a person, has the simulated platform do. */
import type { EventFault, Fault, Outcome } from "./faults.ts";
import type { Clock } from "./serve.ts";
import type { WechatSimulator } from "./simulator.ts";
import type { Setup } from "./state.ts";

type Command =
  | { do: "register"; account: Pick<Setup, "app_id" | "secret"> & Partial<Setup> }
  | { do: "change"; app_id: string; account: Partial<Setup> }
  | { do: "script"; fault: Fault }
  | { do: "outcome"; outcome: Outcome }
  | { do: "event"; fault: EventFault }
  | { do: "advance"; ms: number }
  | { do: "send_by_hand"; app_id: string; media_id: string }
  | { do: "decide"; app_id: string; yes: boolean }
  | { do: "remove"; app_id: string; id: string; how: "deleted" | "banned"; index?: number }
  | { do: "run" }
  | { do: "log"; app_id?: string };

async function obey(wechat: WechatSimulator, clock: Clock, command: Command): Promise<unknown> {
  const { faults, log } = wechat.world;
  switch (command.do) {
    case "register":
      return wechat.register(command.account).app_id;
    case "change":
      return Object.assign(wechat.account(command.app_id), command.account).app_id;
    case "script":
      return faults.calls.push(command.fault);
    case "outcome":
      return faults.outcomes.push(command.outcome);
    case "event":
      return faults.events.push(command.fault);
    case "advance":
      clock.ahead += command.ms;
      return wechat.run();
    case "send_by_hand":
      return wechat.sendByHand(command.app_id, command.media_id);
    case "decide":
      return wechat.decide(command.app_id, command.yes);
    case "remove":
      return wechat.remove(command.app_id, command.id, command.how, command.index);
    case "run":
      return wechat.run();
    case "log":
      return log.filter(({ app_id }) => command.app_id === undefined || app_id === command.app_id);
    default:
      throw new Error("no such command");
  }
}

/** Does one command, a JSON object; answers what it gives, or 400 and why not. */
export async function control(wechat: WechatSimulator, clock: Clock, request: Request): Promise<Response> {
  try {
    return Response.json({ done: (await obey(wechat, clock, (await request.json()) as Command)) ?? null });
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 400 });
  }
}
