import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  ADMIN,
  api,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  ORIGIN,
} from "../helpers/api.ts";

interface Media {
  hash: string;
  type: string;
  size: number;
  url: string;
}

const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> => {
  const flat = parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part));
  return new Uint8Array(flat);
};
const upload = (body: unknown, headers: Record<string, string> = {}) => api<Media>("POST", "/media", { body, headers });
const sha256 = async (data: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();

const PICTURES = {
  "image/jpeg": { ending: "jpg", data: bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], "JFIF", [0, 1]) },
  "image/png": { ending: "png", data: bytes([0x89], "PNG\r\n", [0x1a, 0x0a, 0, 0, 0, 13], "IHDR") },
  "image/gif": { ending: "gif", data: bytes("GIF89a", [1, 0, 1, 0]) },
  "image/webp": { ending: "webp", data: bytes("RIFF", [26, 0, 0, 0], "WEBPVP8 ") },
} as const;

describe("POST /media", () => {
  it.each(Object.entries(PICTURES))("keeps %s, known by its bytes whatever its header says", async (type, picture) => {
    const { ending, data } = picture;
    const answer = await upload(data, { "content-type": "text/html" });
    const hash = await sha256(data);
    const url = `/media/${hash}.${ending}`;
    expect(expectStatus(answer, 201)).toEqual({ hash, type, size: data.length, url });
    expect(answer.headers.get("location")).toBe(url);
    const kept = await env.MEDIA.get(hash);
    expect(kept?.httpMetadata?.contentType).toBe(type);
    expect(new Uint8Array(await kept!.arrayBuffer())).toEqual(data);
  });

  it("keeps the old GIF, too", async () => {
    expect(expectStatus(await upload(bytes("GIF87a", [1])), 201).type).toBe("image/gif");
  });

  it("of the same bytes again changes nothing", async () => {
    const data = bytes([0xff, 0xd8, 0xff], "twice");
    const first = expectStatus(await upload(data), 201);
    await expectUnwritten(async () => expect(expectStatus(await upload(data), 201)).toEqual(first));
  });

  it.each<[string, Uint8Array]>([
    ["SVG", bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ["HTML", bytes("<!doctype html><script>alert(1)</script>")],
    ["text", bytes("你好")],
    ["PDF", bytes("%PDF-1.7")],
    ["half a PNG signature", bytes([0x89], "PNG")],
    ["RIFF that is a WAV", bytes("RIFF", [26, 0, 0, 0], "WAVEfmt ")],
    ["a JPEG after a space", bytes(" ", [0xff, 0xd8, 0xff])],
    ["one byte", bytes([0xff])],
  ])("refuses %s, whatever its header says", async (_, data) => {
    const objects = (await env.MEDIA.list()).objects.length;
    await expectUnwritten(async () =>
      expectProblem(await upload(data, { "content-type": "image/png" }), 415, "(body)"),
    );
    expect((await env.MEDIA.list()).objects).toHaveLength(objects);
  });

  it("refuses an empty body", async () => {
    await expectUnwritten(async () => {
      expectProblem(await upload(new Uint8Array()), 422, "(body)");
      expectProblem(await upload(undefined), 422, "(body)");
    });
  });

  const LIMIT = 10 * 1024 * 1024;
  const large = (size: number): Uint8Array<ArrayBuffer> => {
    const data = new Uint8Array(size);
    data.set([0xff, 0xd8, 0xff]);
    return data;
  };

  it("takes ten mebibytes and not one byte more", async () => {
    expect(expectStatus(await upload(large(LIMIT)), 201).size).toBe(LIMIT);
    await expectUnwritten(async () => expectProblem(await upload(large(LIMIT + 1)), 413, "(body)"));
  });

  it("does not need to be told the size to refuse it", async () => {
    const chunk = large(1024 * 1024);
    let pulled = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        if (pulled > 64) controller.close();
        else controller.enqueue(chunk);
      },
    });
    await expectUnwritten(async () => expectProblem(await upload(stream), 413, "(body)"));
    expect(pulled).toBeLessThan(64);
  });

  it("answers again under its Idempotency-Key", async () => {
    const data = bytes([0xff, 0xd8, 0xff], "keyed");
    const first = await upload(data, { "idempotency-key": "picture" });
    expectStatus(first, 201);
    const again = await upload(data, { "idempotency-key": "picture" });
    expect([again.status, again.text]).toEqual([201, first.text]);
    const other = bytes([0xff, 0xd8, 0xff], "other");
    expectProblem(await upload(other, { "idempotency-key": "picture" }), 422, "Idempotency-Key");
  });
});

describe("an uploaded picture", () => {
  const get = (url: string, headers: Record<string, string> = {}) =>
    exports.default.fetch(`${ORIGIN}${url}`, { headers });

  it("is nobody's before it is published, not even when a draft shows it; the office sees it", async () => {
    await makePublication("daily");
    const data = bytes([0xff, 0xd8, 0xff], "private");
    const { url } = expectStatus(await upload(data), 201);
    await makeArticle({ cover: url, markdown: `![图](${url})` });
    const stranger = await get(url);
    expect(stranger.status).toBe(404);
    expect(await stranger.text()).not.toContain("private");
    const guess = await get(url, { authorization: `Bearer ${ADMIN}x`, "cf-connecting-ip": "203.0.113.9" });
    expect(guess.status).toBe(401);
    expect(await guess.text()).not.toContain("private");
    const office = await get(url, { authorization: `Bearer ${ADMIN}` });
    expect(office.status).toBe(200);
    expect(office.headers.get("content-type")).toBe("image/jpeg");
    expect(office.headers.get("cache-control")).toMatch(/private|no-store/);
    expect(new Uint8Array(await office.arrayBuffer())).toEqual(data);
  });
});
