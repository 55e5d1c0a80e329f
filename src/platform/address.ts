/** An address of the site as one that works anywhere; others as they are. */
export function absolute(src: string, siteUrl: string): string {
  return src.startsWith("/") ? `${siteUrl}${src}` : src;
}
