// The office as it is, with a meter on its database and a quick way in for channels.
import { insertChannel } from "../../src/delivery/channel-store.ts";
import { hostOf } from "../../src/delivery/identity.ts";
import { sealConfig, sealSigning } from "../../src/delivery/secrets.ts";
import { newSigningSecret } from "../../src/delivery/signing.ts";
import { kindOf } from "../../src/channels/index.ts";
import office from "../../src/index.ts";

/** What D1 itself says that its statements cost, since the last look. */
let spent = { queries: 0, read: 0, written: 0 };

function noted(result) {
  spent.queries += 1;
  spent.read += result.meta.rows_read;
  spent.written += result.meta.rows_written;
  return result;
}

/** Statements as the office makes them, counted when they have run. */
const meteredStatement = (inner) => ({
  inner,
  bind: (...args) => meteredStatement(inner.bind(...args)),
  all: async () => noted(await inner.all()),
  run: async () => noted(await inner.run()),
});
const metered = (env) => ({
  ...env,
  DB: {
    prepare: (sql) => meteredStatement(env.DB.prepare(sql)),
    batch: async (statements) => (await env.DB.batch(statements.map(({ inner }) => inner))).map(noted),
  },
});

/** Channels `first` to `last`, each with a signing secret of its own, as the API writes them, in one batch and without an audit row. */
async function makeChannels(env, { first, last, hook }) {
  const kind = kindOf("webhook");
  const keys = { current: env.KANFA_SECRET };
  const statements = [];
  for (let n = first; n <= last; n++) {
    const uid = `bench-${n}`;
    const config = kind.config.parse({ url: `${hook}/${n}` });
    const channel = {
      uid,
      purpose: "news",
      origin: "office",
      kind: "webhook",
      name: uid,
      config: await sealConfig(kind, uid, config, keys),
      secret: await sealSigning(uid, await newSigningSecret("v1"), keys),
      filter: {},
      expiresAfter: 72 * 3_600_000,
      host: hostOf(kind, config),
      credential: null,
      endsAt: null,
    };
    statements.push(...insertChannel(env.DB, channel, 0));
  }
  await env.DB.batch(statements);
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/spent") {
      const answer = Response.json(spent);
      spent = { queries: 0, read: 0, written: 0 };
      return answer;
    }
    if (pathname === "/bench/channels") {
      await makeChannels(env, await request.json());
      return new Response("made");
    }
    return office.fetch(request, metered(env), context);
  },
  scheduled: (controller, env, context) => office.scheduled(controller, metered(env), context),
  queue: (batch, env, context) => office.queue(batch, metered(env), context),
};
