import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { linesOf } from "../../../scripts/covers/page.ts";
import { pictureSize } from "../../../src/articles/picture-size.ts";
import { PREBUILT } from "../../../src/formats/cover.ts";

const ROOT = join(import.meta.dirname, "../../..");
const office = JSON.parse(readFileSync(join(ROOT, "seeds/office.json"), "utf8")) as Record<
  "publications" | "columns",
  { id: string }[]
>;

const covers = [PREBUILT.plain, ...Object.values(PREBUILT.publications), ...Object.values(PREBUILT.columns)];

describe("the prebuilt covers", () => {
  it("are there for every publication and column of the demo office", () => {
    for (const list of ["publications", "columns"] as const)
      expect(Object.keys(PREBUILT[list]).toSorted()).toEqual(office[list].map(({ id }) => id).toSorted());
  });

  it("are JPEGs of the two sizes, each small enough for WeChat's thumb (64 KB), as the manifest says", () => {
    for (const { wide, square } of covers) {
      expect([wide.width, wide.height]).toEqual([900, 383]);
      expect([square.width, square.height]).toEqual([500, 500]);
      for (const { path, width, height, bytes } of [wide, square]) {
        const file = readFileSync(join(ROOT, "public", path));
        expect(pictureSize(file, "image/jpeg")).toEqual({ width, height });
        expect(file.length).toBe(bytes);
        expect(bytes).toBeLessThan(64_000);
      }
    }
  });

  it("are all that the folder holds", () => {
    const files = readdirSync(join(ROOT, "public/covers"), { recursive: true, encoding: "utf8" });
    const expected = covers.flatMap(({ wide, square }) => [wide.path, square.path]);
    expect(
      files
        .filter((name) => name.endsWith(".jpg"))
        .map((name) => `/covers/${name}`)
        .toSorted(),
    ).toEqual(expected.toSorted());
  });
});

it.each([
  ["要闻", ["要闻"], ["要闻"]],
  ["头雁风采", ["头雁风采"], ["头雁", "风采"]],
  ["党课开讲啦", ["党课", "开讲啦"], ["党课", "开讲啦"]],
  ["乡村振兴一线", ["乡村振兴", "一线"], ["乡村振兴", "一线"]],
  ["亮晒比擂台比武", ["亮晒比", "擂台比武"], ["亮晒比", "擂台比武"]],
  ["学习贯彻会议精神专栏报道", ["学习贯彻会议", "精神专栏报道"], ["学习贯彻会议", "精神专栏报道"]],
])("%s stands on the cover in lines that break between words", (name, wide, square) => {
  expect(linesOf(name, true)).toEqual(wide);
  expect(linesOf(name, false)).toEqual(square);
});
