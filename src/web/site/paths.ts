/** Where things are on the site. Paths; `deps.siteUrl` before one makes it an address. */

/** The page of a post. */
export const postPath = (uid: string): string => `/posts/${uid}`;

/** The page of a publication. */
export const publicationPath = (slug: string): string => `/publications/${slug}`;

/** The page of a column. */
export const columnPath = (slug: string): string => `/columns/${slug}`;
