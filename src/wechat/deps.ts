import type { DeliveryDeps } from "../delivery/deps.ts";

/** What the acts at an account touch outside themselves. */
export type AccountDeps = Pick<DeliveryDeps, "db" | "kindOf" | "keys" | "wechat">;

/** The same for a lane that the queue runs. */
export type LaneDeps = AccountDeps & Pick<DeliveryDeps, "queue" | "wall">;
