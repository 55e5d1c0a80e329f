/** Videos: their file and captions, and uploads of them. */
import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { VIDEO_LIMIT } from "../../src/articles/video.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import type { Article, Page } from "./helpers/api.ts";
import {
  api,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  makeToken,
  ORIGIN,
  readArticle,
} from "./helpers/api.ts";
import { newOffice, read, recall, released, VIDEO, video } from "./helpers/videos.ts";

beforeEach(newOffice);

describe("the file and the captions of a video", () => {
  it("are part of what is reviewed: a change goes back to the review", async () => {
    await makePublication("reviewed", { medium: "video", stages: ["first"] });
    const { id } = await video({ publication: "reviewed" });
    const token = await makeToken("reviewer", ["read", "review"], "reviewer");
    expectStatus(await api("POST", `/articles/${id}/reviews`, { body: { decision: "approve" }, token }), 201);
    const before = await readArticle(id);
    expect(before.status).toBe("queued");
    const patch = (body: unknown, rev: number) =>
      api<Article>("PATCH", `/articles/${id}`, { body, headers: { "if-match": `"${rev}"` } });
    const same = expectStatus(await patch({ file: VIDEO.file, captions: VIDEO.captions }, before.rev), 200);
    expect([same.status, same.hash]).toEqual(["queued", before.hash]);
    const changed = expectStatus(await patch({ captions: "别的字幕" }, same.rev), 200);
    expect(changed).toMatchObject({ status: "in_review", captions: "别的字幕", file: VIDEO.file });
    expect(changed.hash).not.toBe(before.hash);
  });

  it("are null for others, and refused there", async () => {
    await makePublication("paper", { quota: 1 });
    const article = await makeArticle({ publication: "paper" });
    expect(article).toMatchObject({ file: null, captions: null });
    await expectUnwritten(async () => {
      for (const field of ["file", "captions"] as const)
        expectProblem(
          await api("POST", "/articles", {
            body: { publication: "paper", title: "题", markdown: "文", [field]: VIDEO[field] },
          }),
          422,
          field,
        );
    });
  });

  it("are refused when they are none", async () => {
    const post = (fields: Record<string, unknown>) => api("POST", "/articles", { body: { ...VIDEO, ...fields } });
    const hash = "0123456789abcdef".repeat(4);
    await expectUnwritten(async () => {
      for (const file of ["http://disk.example.org/1.mp4", "1.mp4", `/media/${hash}.png`, "javascript:x", "", 3])
        expectProblem(await post({ file }), 422, "file");
      for (const captions of ["", " \n", "字".repeat(20_001), "a\0b", 3])
        expectProblem(await post({ captions }), 422, "captions");
      expectProblem(await post({ cover: `/media/${hash}.mp4` }), 422, "cover");
    });
    expectStatus(await post({ file: `/media/${hash}.mp4`, captions: "字".repeat(20_000) }), 201);
  });

  it("a list of articles carries the file, not the captions", async () => {
    await video();
    const { items } = expectStatus(await api<Page<Article>>("GET", "/articles"), 200);
    expect(items[0]).toMatchObject({ file: VIDEO.file });
    expect(items[0]).not.toHaveProperty("captions");
  });
});

describe("POST /media of a video", () => {
  const mp4 = (size: number, fill = 7): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(size).fill(fill);
    bytes.set([0, 0, 0, 32, ...new TextEncoder().encode("ftypisom")]);
    return bytes;
  };
  const upload = (body: Uint8Array | ReadableStream, headers: Record<string, string> = {}) =>
    api<{ hash: string; type: string; size: number; url: string }>("POST", "/media", {
      body,
      headers: {
        "content-type": "video/mp4",
        ...(body instanceof Uint8Array && { "content-length": String(body.length) }),
        ...headers,
      },
    });
  const stored = async () => (await env.MEDIA.list()).objects.map((object) => object.key);
  const get = (url: string, headers: Record<string, string> = {}) =>
    exports.default.fetch(new Request(`${ORIGIN}${url}`, { headers }));

  it("keeps it under its hash, larger than any picture, and nothing besides", async () => {
    const data = mp4(12 * 1024 * 1024 + 5);
    const hash = await sha256(data);
    const kept = expectStatus(await upload(data, { "idempotency-key": "film" }), 201);
    expect(kept).toEqual({ hash, type: "video/mp4", size: data.length, url: `/media/${hash}.mp4` });
    const object = await env.MEDIA.get(hash);
    expect(await sha256(new Uint8Array(await object!.arrayBuffer()))).toBe(hash);
    expect(object!.httpMetadata?.contentType).toBe("video/mp4");
    await expectUnwritten(async () => expect(expectStatus(await upload(data), 201)).toEqual(kept));
    expect((await stored()).filter((key) => key.startsWith("incoming/"))).toEqual([]);
  });

  it("is read by no stranger until its post is out, by everyone then, and by no stranger after the recall", async () => {
    const data = mp4(2000, 9);
    const { url } = expectStatus(await upload(data), 201);
    expect((await get(url)).status).toBe(404);
    const { article, channels } = await released({ file: url });
    const answer = await get(url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(data);
    expect((await read(channels.id)).pack!.file).toBe(`https://kanfa.test${url}`);
    const slice = await get(url, { range: "bytes=4-7" });
    expect([slice.status, slice.headers.get("content-range"), await slice.text()]).toEqual([
      206,
      `bytes 4-7/${data.length}`,
      "ftyp",
    ]);
    expect((await get(url, { range: "bytes=2000-" })).status).toBe(416);
    expectStatus(await recall(article), 200);
    expect((await get(url)).status).toBe(404);
  });

  it("refuses what is no MP4, whatever its header says", async () => {
    const before = await stored();
    await expectUnwritten(async () => {
      for (const bytes of [
        new TextEncoder().encode("<script>alert(1)</script>"),
        mp4(2000).subarray(8),
        mp4(2000).subarray(0, 11),
      ])
        expectProblem(await upload(Uint8Array.from(bytes)), 415, "(body)");
    });
    expect(await stored()).toEqual(before);
  });

  it("refuses one without a length, over the limit, or cut short, and leaves nothing behind", async () => {
    const before = await stored();
    const streamed = () => {
      const chunks = [mp4(3000).subarray(0, 5), mp4(3000).subarray(5, 1500), mp4(3000).subarray(1500)];
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const chunk = chunks.shift();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
      });
    };
    await expectUnwritten(async () => {
      expectProblem(await upload(streamed()), 411, "Content-Length");
      expectProblem(await upload(streamed(), { "content-length": String(VIDEO_LIMIT + 1) }), 413, "(body)");
      for (const size of ["5000", "2000"])
        expectProblem(await upload(streamed(), { "content-length": size }), 400, "(body)");
    });
    expect(await stored()).toEqual(before);
  });
});
