import { describe, expect, it } from "vitest";
import { partOf } from "../../../src/web/site/ranges.ts";

const part = (offset: number, length: number) => ({ type: "part", offset, length });

describe("a Range of 100 bytes", () => {
  it.each([
    ["bytes=0-", part(0, 100)],
    ["bytes=0-1", part(0, 2)],
    ["bytes=10-19", part(10, 10)],
    ["bytes=99-", part(99, 1)],
    ["bytes=90-500", part(90, 10)],
    ["bytes=-10", part(90, 10)],
    ["bytes=-500", part(0, 100)],
    [" bytes=5-5 ", part(5, 1)],
  ])("%s is a part", (header, expected) => {
    expect(partOf(header, 100)).toEqual(expected);
  });

  it.each(["bytes=100-", "bytes=500-600", "bytes=-0"])("%s is none of it", (header) => {
    expect(partOf(header, 100)).toEqual({ type: "none" });
  });

  it.each([undefined, "", "bytes=-", "bytes=5-4", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "bytes=0x1-2", "0-1"])(
    "%s asks for the whole",
    (header) => {
      expect(partOf(header, 100)).toEqual({ type: "whole" });
    },
  );
});
