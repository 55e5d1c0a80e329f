/** Chat robots over HTTP: what is taken, what is shown of it, what is refused. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { api, expectProblem, expectStatus } from "../helpers/api.ts";
import { CONFIGS, type Named } from "../helpers/platforms.ts";

interface Channel {
  id: string;
  rev: number;
  config: Record<string, string>;
}

const create = (kind: string, config: object) => api<Channel>("POST", "/channels", { body: { kind, config } });

/** What people see of each config. */
const SHOWN: Readonly<Record<Named, object>> = {
  wecom: { key: "•••", style: "digest" },
  dingtalk: { access_token: "•••", secret: "•••", style: "digest" },
  feishu: { token: "•••", secret: "•••", style: "digest" },
  telegram: { bot_token: "•••", chat_id: CONFIGS.telegram.chat_id, style: "digest" },
  slack: { url: "https://hooks.slack.com/•••", style: "digest" },
  discord: { url: "https://discord.com/•••", style: "digest" },
  ntfy: { topic: "•••", server: "https://ntfy.sh/•••", token: "•••" },
};

/** Members that tell nobody anything. */
const OPEN: readonly string[] = ["chat_id", "server"];

describe.each(Object.entries(SHOWN))("%s", (kind, shown) => {
  it("is kept sealed, shown masked, and takes its masks back unchanged", async () => {
    const config = CONFIGS[kind as Named];
    const answer = await create(kind, config);
    const made = expectStatus(answer, 201);
    expect(made.config).toEqual(shown);
    expect(made, "its platform has no use for a secret of ours").not.toHaveProperty("secret");
    const stored = await env.DB.prepare(`SELECT config FROM channels WHERE uid = ?`)
      .bind(made.id)
      .first<string>("config");
    for (const [member, value] of Object.entries(config))
      if (!OPEN.includes(member)) expect(stored + answer.text, member).not.toContain(value);
    const headers = { "if-match": `"${made.rev}"` };
    const kept = await api<Channel>("PATCH", `/channels/${made.id}`, { body: { config: made.config }, headers });
    expect(expectStatus(kept, 200).config).toEqual(shown);
  });
});

it.each<[Named, object, string]>([
  ["wecom", { key: "" }, "config.key"],
  ["dingtalk", { access_token: "abc", secret: "" }, "config.secret"],
  ["dingtalk", { access_token: "abc", secret: "abc" }, "config.secret"],
  ["feishu", { token: "abc", secret: "" }, "config.secret"],
  ["telegram", { bot_token: "abc", chat_id: 1 }, "config.bot_token"],
  ["telegram", { bot_token: "1:abc", chat_id: "群" }, "config.chat_id"],
  ["slack", { url: "https://slack.example.com/services/x" }, "config.url"],
  ["discord", { url: "https://discord.com.evil.cn/api/webhooks/1/x" }, "config.url"],
  ["discord", { url: "https://127.0.0.1/api/webhooks/1/x" }, "config.url"],
  ["ntfy", { topic: "a", server: "https://10.0.0.1" }, "config.server"],
])("%s with %j is refused at %s, and nothing is written", async (kind, config, field) => {
  const count = () => env.DB.prepare(`SELECT count(*) AS n FROM channels`).first<number>("n");
  const before = await count();
  const problem = expectProblem(await create(kind, config), 422);
  expect(problem.errors).toMatchObject([{ field, message: expect.stringMatching(/^must /) as string }]);
  expect(await count()).toBe(before);
});
