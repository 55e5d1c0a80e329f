// The floor: a Worker that makes the same request as often as it is asked to, six connections at a time, and does nothing else.
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    let left = Number(searchParams.get("count"));
    const to = searchParams.get("to");
    // The headers and the length of a push, made once.
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Kanfa/1",
      "webhook-id": "00000000-0000-0000-0000-000000000000_1",
      "webhook-timestamp": "1800000000",
      "webhook-signature": `v1,${"A".repeat(43)}=`,
    };
    const body = "x".repeat(600);
    const one = async () => {
      while (left-- > 0) {
        const answer = await fetch(to, { method: "POST", headers, body });
        await answer.text();
      }
    };
    await Promise.all(Array.from({ length: 6 }, one));
    return new Response("done");
  },
};
