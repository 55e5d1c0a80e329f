/** What the office consists of. */
import type { ThemeSettings } from "../formats/index.ts";
import type { LadderSettings } from "./ladder-settings.ts";

export const ROLES = ["correspondent", "editor", "reviewer", "deputy", "head", "publisher", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Review stages in their usual order: 初审 by the desk, 复审 by the section's head, 终审 by the deputy in charge, 签发 by the head. */
export const STAGES = ["first", "second", "final", "head"] as const;
export type Stage = (typeof STAGES)[number];

export const UNIT_KINDS = ["committee", "department", "section"] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export const SCOPES = ["read", "articles:write", "review", "editions", "channels", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export const MEDIUMS = ["article", "video"] as const;
export type Medium = (typeof MEDIUMS)[number];

/** Where a video goes by hand, since no public API posts there: 视频号, 抖音号. */
export const OUTLETS = ["channels", "douyin"] as const;
export type Outlet = (typeof OUTLETS)[number];

/** The outlets that a new publication of this medium is handed over to. */
export const defaultOutlets = (medium: Medium): Outlet[] => (medium === "video" ? [...OUTLETS] : []);

/** One outlet. Times of day are local to `timeZone`. */
export interface Publication {
  id: number;
  slug: string;
  name: string;
  medium: Medium;
  timeZone: string;
  quota: number;
  /** `HH:MM` */
  planAt: string;
  /** Five-field cron expressions. */
  releaseTimes: string[];
  stages: Stage[];
  /** `HH:MM`: when a working day's shortfall is looked at and warned of. */
  warnAt: string[];
  /** Where a released video is handed over to; none for a publication of articles. */
  outlets: Outlet[];
  ladder: LadderSettings;
  /** What its articles look like in WeChat. */
  theme: ThemeSettings;
  stoppedAt: number | null;
  stopReason: string | null;
  dueAt: number;
  rev: number;
}

/** Who is acting: what the audit names, which person that is, and what they may do. */
export interface Actor {
  /** `admin`, `tick`, `token:<uid>` or `person:<slug>`. */
  name: string;
  role: Role | null;
  scopes: readonly Scope[];
}
