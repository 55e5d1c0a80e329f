/** A whole demo office on a free port, for tests that look at it as its users do. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf } from "../../scripts/client.ts";
import { loadSeeds, publishWorkday } from "../../scripts/demo.ts";
import { migrate, startOffice } from "../../scripts/office.ts";

/** Where Debian and others put Chromium. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Starts the office, loads the seeds and puts out a working day. */
export async function openOffice() {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  process.env.WRANGLER_SEND_METRICS = "false";
  const port = await freePort();
  const state = mkdtempSync(join(tmpdir(), "kanfa-browser-"));
  const adminToken = "browser-test-token";
  const settings = {
    port,
    state,
    demo: true,
    url: `http://127.0.0.1:${port}`,
    adminToken,
    newToken: false,
    secret: "a secret for tests only, 32 bytes or more",
    // Letters are offered; the tests send none.
    passed: { KANFA_MAIL_FROM: "news@example.cn", KANFA_RESEND_KEY: "re_x" },
  };
  migrate(settings);
  const office = await startOffice(settings);
  const client = clientOf(office.url, adminToken);
  await loadSeeds(client, () => {});
  const editions = await publishWorkday(office, client, () => {});
  return {
    url: office.url,
    client,
    editions,
    async close() {
      await office.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
