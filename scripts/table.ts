/** Tables for a terminal, where a Chinese character is two columns wide. */

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6“”‘’—…·]/;

const width = (text: string): number => [...text].reduce((sum, ch) => sum + (WIDE.test(ch) ? 2 : 1), 0);

const cut = (text: string, max: number): string => {
  if (width(text) <= max) return text;
  let kept = "";
  for (const ch of text) {
    if (width(kept + ch) > max - 2) break;
    kept += ch;
  }
  return `${kept}…`;
};

/** Lines of a table; `max` is the widest that each column may get. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], max: readonly number[]): string[] {
  const cells = [head, ...rows].map((row) => row.map((cell, i) => cut(cell, max[i] ?? 40)));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => width(row[i] ?? ""))));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => cell + " ".repeat(widths[i]! - width(cell)))
      .join("  ")
      .trimEnd(),
  );
  return [lines[0]!, widths.map((w) => "─".repeat(w)).join("  "), ...lines.slice(1)];
}
