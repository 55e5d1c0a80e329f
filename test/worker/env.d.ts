import type { Env as KanfaEnv } from "../../src/env.ts";
import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../../src/index.ts");
    }
    interface Env extends KanfaEnv {
      TEST_MIGRATIONS: D1Migration[];
      /** Where `test/outside/server.ts` listens. */
      OUTSIDE: string;
    }
  }
}
