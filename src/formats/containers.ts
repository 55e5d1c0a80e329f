/** A stretch of a manuscript's lines: ordinary Markdown, a `:::` container, or a footnote's text. */
export type Segment =
  | { readonly type: "markdown"; readonly raw: string }
  | {
      readonly type: "container";
      readonly raw: string;
      readonly name: string;
      readonly title: string;
      readonly body: string;
    }
  | { readonly type: "note"; readonly raw: string; readonly label: string; readonly body: string };

const OPENING = /^:{3,}[ \t]*([^\s:`]+)[ \t]*(.*?)[ \t:]*$/;
const CLOSING = /^:{3,}[ \t]*$/;
const NOTE = /^\[\^([^\s[\]^]{1,64})\]:[ \t]*(.*)$/;
const CODE_FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;

// Below the first line of a note these columns are its own (four to GFM; two are as plain and as common).
const NOTE_INDENT = /^(?: {2,4}|\t)/;

/** Tells of each line in turn whether it stands in a fenced code block, where nothing is a container. */
function codeFences(): (line: string) => boolean {
  let fence = "";
  return (line) => {
    if (fence !== "") {
      const closing = line.trim();
      if (closing.startsWith(fence) && closing.replaceAll(fence[0] ?? "", "") === "") fence = "";
      return true;
    }
    fence = CODE_FENCE.exec(line)?.[1] ?? "";
    return fence !== "";
  };
}

function containerEnd(lines: readonly string[], start: number): number {
  const inCode = codeFences();
  let open = 1;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (inCode(line)) continue;
    if (CLOSING.test(line)) open--;
    else if (OPENING.test(line)) open++;
    if (open === 0) return at;
  }
  return lines.length;
}

function noteEnd(lines: readonly string[], start: number): number {
  let end = start;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() === "") continue;
    const afterBlank = at > start && (lines[at - 1] ?? "").trim() === "";
    if (!NOTE_INDENT.test(line) && (afterBlank || NOTE.test(line) || line.startsWith(":::"))) break;
    end = at + 1;
  }
  return end;
}

/**
 * A manuscript in stretches, whose `raw` together are the manuscript. A container opens with `::: name title` at the start
 * of a line and ends with its `:::` (unclosed: with the text, as a code fence does); those inside it are left to whoever
 * reads its body. A footnote's text, `[^label]: …`, goes on over lines that are indented or follow without a blank line.
 */
export function segmentsOf(markdown: string): Segment[] {
  if (!markdown.includes(":::") && !markdown.includes("[^")) return [{ type: "markdown", raw: markdown }];
  const lines = markdown.split("\n");
  const segments: Segment[] = [];
  const inCode = codeFences();
  let plainFrom = 0;
  let at = 0;

  const raw = (from: number, to: number): string =>
    lines.slice(from, to).join("\n") + (to < lines.length && to > from ? "\n" : "");
  const add = (segment: Segment, next: number): void => {
    if (at > plainFrom) segments.push({ type: "markdown", raw: raw(plainFrom, at) });
    segments.push(segment);
    plainFrom = next;
    at = next;
  };

  while (at < lines.length) {
    const line = lines[at] ?? "";
    const code = inCode(line);
    const opening = code ? null : OPENING.exec(line);
    const note = code ? null : NOTE.exec(line);
    if (opening) {
      const end = containerEnd(lines, at + 1);
      const next = Math.min(end + 1, lines.length);
      const [, name = "", title = ""] = opening;
      const body = lines.slice(at + 1, end).join("\n");
      add({ type: "container", raw: raw(at, next), name, title, body }, next);
    } else if (note) {
      const next = Math.max(noteEnd(lines, at + 1), at + 1);
      const rest = lines.slice(at + 1, next).map((more) => more.replace(NOTE_INDENT, ""));
      const [, label = "", first = ""] = note;
      add({ type: "note", raw: raw(at, next), label, body: [first, ...rest].join("\n") }, next);
    } else at++;
  }
  if (plainFrom < lines.length) segments.push({ type: "markdown", raw: raw(plainFrom, lines.length) });
  return segments;
}
