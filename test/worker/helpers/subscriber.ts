/**
 * A WebSub subscriber as the specification describes it, written without a look at the hub: it confirms what it asked for
 * and nothing else, and believes what is signed with its secret.
 */
import type { Received } from "./world.ts";

export class Subscriber {
  readonly callback: string;
  /** What it wants confirmed: `<mode> <topic>`. */
  readonly wants = new Set<string>();
  /** Questions that were put to it. */
  readonly questions: URL[] = [];
  /** Bodies that it believed, with their headers. */
  readonly got: { body: string; headers: Headers }[] = [];
  secret: string | null = null;
  /** Posts that bore no signature, or a wrong one, although it gave a secret. */
  forged = 0;
  /** Answers posts with this. */
  status = 200;

  constructor(callback: string) {
    this.callback = callback;
  }

  async answer(request: Received): Promise<Response> {
    const url = new URL(request.url);
    const challenge = url.searchParams.get("hub.challenge");
    if (challenge !== null) {
      this.questions.push(url);
      const asked = `${url.searchParams.get("hub.mode")} ${url.searchParams.get("hub.topic")}`;
      return this.wants.has(asked) ? new Response(challenge) : new Response("not mine", { status: 404 });
    }
    if (this.secret !== null && !(await this.#signed(request))) this.forged += 1;
    else this.got.push({ body: request.body, headers: request.headers });
    return new Response("thank you", { status: this.status });
  }

  async #signed({ headers, body }: Received): Promise<boolean> {
    const [method, hex = ""] = (headers.get("x-hub-signature") ?? "").split("=");
    if (method !== "sha256" || !/^[0-9a-f]{64}$/.test(hex)) return false;
    const bytes = (text: string) => new TextEncoder().encode(text);
    const key = await crypto.subtle.importKey("raw", bytes(this.secret!), { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    const mac = Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
    return crypto.subtle.verify("HMAC", key, mac, bytes(body));
  }
}
