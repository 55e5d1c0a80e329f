/** One thing wrong with one member of what was sent: `field` is a path such as `credits.0.name`. */
export interface FieldError {
  field: string;
  message: string;
}

/** An error that a person is told of, as an RFC 9457 problem document. Anything else thrown is our fault and a bare 500. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    detail: string,
    more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.title = title;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

/** 422 that names one field. */
export function invalid(field: string, message: string): Problem {
  return new Problem(422, "Invalid request", `${field}: ${message}`, { errors: [{ field, message }] });
}

/** 404 for a thing that a path or field names. */
export function notFound(what: string, id: string): Problem {
  return new Problem(404, "Not found", `There is no ${what} “${id}”.`);
}

/** 503: something outside that we need does not answer; asking again shortly may help. */
export function unavailable(detail: string): Problem {
  return new Problem(503, "Unavailable", detail, { headers: { "retry-after": "30" } });
}

/** 409: the act does not fit the state the thing is in. */
export function conflict(detail: string): Problem {
  return new Problem(409, "Conflict", detail);
}

/** 412: someone changed the thing since it was read. */
export function stale(rev: number): Problem {
  return new Problem(
    412,
    "Stale",
    `It has changed since you read it: it is at revision ${rev} now. Read it again, then repeat the change.`,
    { headers: { etag: `"${rev}"` } },
  );
}
