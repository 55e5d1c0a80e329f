/** The API as the local commands call it. */

export interface Client {
  /** The answer's JSON. Throws with the problem's words when the API refuses. */
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
}

/** A client of the office at `url`. */
export function clientOf(url: string, token: string): Client {
  return {
    async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
      const raw = body instanceof Uint8Array;
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": raw ? "application/octet-stream" : "application/json",
          ...headers,
        },
        ...(body !== undefined && { body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
  };
}
