/** What every feed says, whatever its format, and where feeds are. */

/** A post as a feed carries it. */
export interface FeedItem {
  /** The post's address: also its id, for ever. */
  url: string;
  title: string;
  digest: string;
  /** Whole and on its own: every address in it is absolute. */
  html: string;
  author: string;
  tags: string[];
  image: string;
  published: Date;
  updated: Date;
}

/** That a post was taken back. Only Atom has words for it (RFC 6721). */
interface Withdrawn {
  url: string;
  at: Date;
}

export interface Feed {
  title: string;
  description: string;
  /** The page that the feed is of. */
  home: string;
  /** The feed's own address. */
  self: string;
  /** Who tells subscribers of what is new (W3C WebSub). */
  hub: string;
  /** When anything in it changed last; the epoch while it is empty. */
  updated: Date;
  items: FeedItem[];
  withdrawn: Withdrawn[];
}

/** A feed's address, taken apart. */
export interface FeedAddress {
  /** Where the site is, without a trailing slash. */
  site: string;
  /** What the feed is of. */
  shelf: { of: "all" } | { of: "publication" | "column"; slug: string };
  file: "feed.xml" | "atom.xml" | "feed.json";
}

const SHELVES = { publications: "publication", columns: "column" } as const;
const ADDRESS = /^(https?:\/\/[^?#]*?)(?:\/(publications|columns)\/([^/?#]+))?\/(feed\.xml|atom\.xml|feed\.json)$/;

/** Takes an address apart that is formed like one of our feeds', or null. Whether the site is ours is not looked at. */
export function readFeedAddress(address: string): FeedAddress | null {
  const [, site, shelves, slug, file] = ADDRESS.exec(address) ?? [];
  if (site === undefined) return null;
  return {
    site,
    shelf: slug === undefined ? { of: "all" } : { of: SHELVES[shelves as keyof typeof SHELVES], slug },
    file: file as FeedAddress["file"],
  };
}

/** The site's name, which the feeds bear. */
export const SITE_NAME = "刊发";

/** The hub of a site's feeds. */
export const hubOf = (site: string): string => `${site}/websub`;

/**
 * The feed at the address `self`, of these posts. `name` is what its publication or column is called; the feed of all
 * posts has no other name than the site's. Throws for an address that is none of a feed.
 */
export function feedAt(self: string, name: string, items: FeedItem[], withdrawn: Withdrawn[] = []): Feed {
  const address = readFeedAddress(self);
  if (!address) throw new Error(`Not the address of a feed: ${self}`);
  const all = address.shelf.of === "all";
  const changes = [...items.map((item) => item.updated), ...withdrawn.map(({ at }) => at)];
  return {
    title: all ? SITE_NAME : `${name} - ${SITE_NAME}`,
    description: all ? "各刊的最新推文。" : `${name}的最新推文。`,
    home: all ? `${address.site}/` : self.slice(0, self.lastIndexOf("/")),
    self,
    hub: hubOf(address.site),
    updated: new Date(Math.max(0, ...changes.map((date) => date.getTime()))),
    items,
    withdrawn,
  };
}
