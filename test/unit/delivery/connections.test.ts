import * as fc from "fast-check";
import { expect, it } from "vitest";
import { CONNECTIONS, connections } from "../../../src/delivery/connections.ts";

it("shares six connections, first come first served, and gets back those of tasks that fail", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 30 }), async (scheduler, fails) => {
      const connection = connections();
      const begun: number[] = [];
      let busy = 0;
      let most = 0;
      const done = fails.map((fail, i) =>
        connection(async () => {
          begun.push(i);
          most = Math.max(most, ++busy);
          await scheduler.schedule(Promise.resolve());
          busy -= 1;
          if (fail) throw new Error("lost");
          return i;
        }).catch(() => null),
      );
      await scheduler.waitFor(Promise.all(done));
      expect(await Promise.all(done)).toEqual(fails.map((fail, i) => (fail ? null : i)));
      expect(begun).toEqual(fails.map((_, i) => i));
      expect(most).toBe(Math.min(CONNECTIONS, fails.length));
      expect(busy).toBe(0);
    }),
    { numRuns: 200 },
  );
});
