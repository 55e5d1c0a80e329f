/** The words of the article that lists a day's other posts. */

/** A post that is at the account by now. */
export interface DigestEntry {
  title: string;
  digest: string;
  url: string;
}

/** A Markdown text in which the words mean themselves. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&:]/g, String.raw`\$&`);

/** Title, digest and Markdown of the list, for the local date in `at` (ISO 8601 with its zone). */
export function digestListing(
  entries: readonly DigestEntry[],
  at: string,
): { title: string; digest: string; markdown: string } {
  const day = `${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日`;
  return {
    title: `今日要闻（${day}）`,
    digest: `今天还有这 ${entries.length} 条：${entries.map(({ title }) => title).join("；")}`,
    markdown: entries
      .map(({ title, digest, url }, i) => {
        const line = `**${i + 1}** [${escaped(title)}](<${url}>)`;
        return digest === "" ? line : `${line}\n\n${escaped(digest)}`;
      })
      .join("\n\n"),
  };
}
