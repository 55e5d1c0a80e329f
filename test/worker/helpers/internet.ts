/**
 * The internet as worker tests see it: a resolver that knows every name, and nothing else. `*.private.example.net` leads
 * inwards, `*.nowhere.example.net` nowhere, and of `*.broken.example.net` nobody can say.
 */
export function internet(request: { url: string }): Response {
  const { hostname, searchParams } = new URL(request.url);
  if (hostname !== "cloudflare-dns.com") return new Response("no such host", { status: 530 });
  const name = searchParams.get("name") ?? "";
  if (name.endsWith(".broken.example.net")) return Response.json({ Status: 2 });
  if (name.endsWith(".nowhere.example.net")) return Response.json({ Status: 3 });
  const inward = name.endsWith(".private.example.net");
  const [type, data] =
    searchParams.get("type") === "A" ? [1, inward ? "10.0.0.1" : "93.184.216.34"] : [28, "2606:4700::1"];
  return Response.json({ Status: 0, Answer: [{ name, type, TTL: 60, data }] });
}
