/** A whole demo office on a free port, for tests that look at it as its users do. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf } from "../../scripts/client.ts";
import { loadSeeds, publishWorkday } from "../../scripts/demo.ts";
import { migrate, startOffice } from "../../scripts/office.ts";
import { startWechat } from "../outside/wechat/serve.ts";
import seeds from "../../seeds/office.json" with { type: "json" };

const ACCOUNT = seeds.accounts[0]!.config;

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

/** Starts the office, its WeChat account on a simulated platform, loads the seeds and puts out a working day. */
export async function openOffice() {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  process.env.WRANGLER_SEND_METRICS = "false";
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const platform = await startWechat();
  const { app_id, app_secret, token } = ACCOUNT;
  const callback = { url: `${url}/wechat/huade-dangjian/callback`, token, aes_key: null };
  platform.wechat.register({ app_id, secret: app_secret, callback });
  const state = mkdtempSync(join(tmpdir(), "kanfa-browser-"));
  const adminToken = "browser-test-token";
  const settings = {
    port,
    state,
    demo: true,
    url,
    adminToken,
    newToken: false,
    secret: "a secret for tests only, 32 bytes or more",
    // Letters are offered; the tests send none.
    passed: {
      KANFA_MAIL_FROM: "news@example.cn",
      KANFA_RESEND_KEY: "re_x",
      KANFA_API_BASES: JSON.stringify({ wechat: platform.url }),
    },
  };
  migrate(settings);
  const office = await startOffice(settings);
  const client = clientOf(office.url, adminToken);
  await loadSeeds(client, () => {}, true);
  const editions = await publishWorkday(office, client, () => {});
  return {
    url: office.url,
    client,
    platform,
    editions,
    async close() {
      await office.stop();
      platform.close();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
