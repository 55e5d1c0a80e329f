// The floor: a Worker that posts the same body as often as it is asked to, six connections at a time, and does nothing else.
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    let left = Number(searchParams.get("count"));
    const body = await request.text();
    const one = async () => {
      while (left-- > 0) {
        const answer = await fetch(searchParams.get("to"), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        await answer.text();
      }
    };
    await Promise.all(Array.from({ length: 6 }, one));
    return new Response("done");
  },
};
