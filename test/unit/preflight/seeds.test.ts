/** The demo office's manuscripts are sound: whatever the linter says of them beyond a hint is a false alarm, or a slip to mend. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { check, type Given, said } from "./check.ts";

const FOLDER = join(import.meta.dirname, "../../../seeds/articles");

it("says nothing of the seeds but hints", () => {
  const files = readdirSync(FOLDER);
  expect(files.length).toBeGreaterThan(60);
  for (const file of files) {
    const [, head, markdown] = readFileSync(join(FOLDER, file), "utf8").split(/^---\n/m, 3);
    const { findings } = check(markdown!, parse(head!) as Given);
    expect(said(findings.filter(({ severity }) => severity !== "hint")), file).toEqual([]);
  }
});
