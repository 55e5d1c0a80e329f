/**
 * `npm run receive -- whsec_…`: a webhook receiver on loopback that checks each signature with the `standardwebhooks`
 * package and prints what arrived. For trying a channel; the office must run with KANFA_ALLOW_PRIVATE_TARGETS=1.
 */
import { createServer } from "node:http";
import process from "node:process";
import { Webhook } from "standardwebhooks";

const [secret, port = "8790"] = process.argv.slice(2);
if (!secret?.startsWith("whsec_")) {
  console.error("Give the secret that the channel's creation answered: npm run receive -- whsec_…");
  process.exit(1);
}
const webhook = new Webhook(secret);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString("utf8");
    try {
      const event = webhook.verify(body, request.headers as Record<string, string>) as {
        type: string;
        data: { seq: number; post: { title: string; url: string } };
      };
      console.log(`signature ok  ${event.type} #${event.data.seq}  ${event.data.post.title}  ${event.data.post.url}`);
      response.writeHead(204).end();
    } catch (error) {
      console.log(`refused: ${error instanceof Error ? error.message : String(error)}`);
      response.writeHead(400).end();
    }
  });
}).listen(Number(port), "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${port}/`));
