/** `Range` of one part (RFC 9110 §14): phones do not play a video from a server that cannot give a part of it. */

type Part =
  /** The whole: no range was asked for, or one that is better ignored. */
  | { type: "whole" }
  | { type: "part"; offset: number; length: number }
  /** Nothing of what was asked for exists: 416. */
  | { type: "none" };

/** Which part of `size` bytes a Range header asks for. Several parts at once are answered with the whole, as the RFC allows. */
export function partOf(header: string | undefined, size: number): Part {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return { type: "whole" };
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? { type: "none" } : { type: "part", offset: size - length, length };
  }
  const offset = Number(first);
  if (last !== "" && Number(last) < offset) return { type: "whole" };
  if (offset >= size) return { type: "none" };
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { type: "part", offset, length: end - offset + 1 };
}
