/** Forms as programs send them (`application/x-www-form-urlencoded`), read strictly. */

/**
 * The fields of a form by name, or null when it is not UTF-8, is escaped wrongly, or names a field twice: what could be
 * read in two ways is not read at all.
 */
export function readForm(bytes: Uint8Array): Map<string, string> | null {
  const fields = new Map<string, string>();
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    for (const part of text.split("&")) {
      if (part === "") continue;
      const [name, ...value] = part.split("=").map((each) => decodeURIComponent(each.replaceAll("+", " ")));
      if (fields.has(name!)) return null;
      fields.set(name!, value.join("="));
    }
  } catch {
    return null;
  }
  return fields;
}
