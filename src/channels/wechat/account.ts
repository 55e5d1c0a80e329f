/** What a person fills in of a WeChat Official Account (公众号, 服务号). */
import { z } from "zod";
import { isZone } from "../../platform/time.ts";

/**
 * What the account may do by itself: `certified` a certified 公众号 (publishes, and sends to all followers once a day),
 * `service` a 服务号 (four times a month), `drafts` an account that may only make drafts, `manual` one for which a person
 * presses the button.
 */
const MODES = ["certified", "service", "drafts", "manual"] as const;
type Mode = (typeof MODES)[number];

/** How often an account may send to all its followers. */
export interface MassQuota {
  day: number;
  month: number;
}

/** What the platform grants each sort of account, unless the office was granted more (reference of `message/mass/sendall`). */
const USUAL_MASS: Readonly<Record<Mode, MassQuota>> = {
  certified: { day: 1, month: 31 },
  service: { day: 1, month: 4 },
  drafts: { day: 0, month: 0 },
  manual: { day: 0, month: 0 },
};

const localTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 17:30");

export const accountConfig = z.strictObject({
  app_id: z.string().regex(/^wx[0-9a-f]{16}$/, "must be the AppID: wx and 16 hexadecimal digits"),
  /** Missing when tokens are handed in from outside. */
  app_secret: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "must be the AppSecret: 32 hexadecimal digits")
    .optional(),
  /** 服务器配置 › Token. */
  token: z
    .string()
    .regex(/^[A-Za-z0-9]{3,32}$/, "must be the Token of 服务器配置: 3 to 32 letters and digits")
    .optional(),
  /** 服务器配置 › EncodingAESKey; missing in plain mode. */
  encoding_aes_key: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, "must be the EncodingAESKey: 43 letters and digits")
    .optional(),
  mode: z.enum(MODES),
  /** The publication whose account it is: that of its callback's address. Without it, the first of the filter's. */
  publication: z.string().min(1).max(64).optional(),
  /** Local time at which a day's posts go out; what is released later goes at once. */
  push_at: localTime.default("17:30"),
  /** IANA name. */
  time_zone: z.string().refine(isZone, "must be a time zone such as Asia/Shanghai").default("Asia/Shanghai"),
  /** How often it may send to all followers; without them what is usual for its mode. */
  mass_per_day: z.int().min(0).max(100).optional(),
  mass_per_month: z.int().min(0).max(3000).optional(),
  /** Goes on when the platform takes an article for a reprint, if its original allows that. */
  send_ignore_reprint: z.boolean().default(false),
  comments: z.enum(["off", "everyone", "followers"]).default("off"),
  /** Whether the lead bundle ends with a list of the day's other posts. */
  digest: z.boolean().default(false),
  /** What a correction of a published article does: delete and publish anew, or ask a person. */
  on_correction: z.enum(["replace", "hand_over"]).default("replace"),
  /** What a picture that cannot be had does: its caption stands alone, or the article waits for a person. */
  on_lost_picture: z.enum(["leave_out", "refuse"]).default("leave_out"),
  /** The day until which the certification lasts, `YYYY-MM-DD`. */
  certified_until: z.iso.date().optional(),
});

export type AccountConfig = z.output<typeof accountConfig>;

/** Members of the config that are sealed at rest and masked everywhere. */
export const ACCOUNT_SECRETS = ["app_secret", "token", "encoding_aes_key"] as const;

/** How often an account may send to all its followers, as it is configured. */
export function massQuota({ mode, mass_per_day, mass_per_month }: AccountConfig): MassQuota {
  const { day, month } = USUAL_MASS[mode];
  return { day: mass_per_day ?? day, month: mass_per_month ?? month };
}
