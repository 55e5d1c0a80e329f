/**
 * One line of JSON for the person who runs it. Never pass a secret, a body or an address with its path.
 */
export function log(event: string, detail: Record<string, unknown> = {}): void {
  // oxlint-disable-next-line no-console -- the one place that writes to the Worker's log
  console.log(JSON.stringify({ event, ...detail }));
}

/** A fault of ours: name and message only, the stack stays in the runtime's own trace. */
export function logFault(where: string, error: unknown): void {
  log("fault", { where, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
}
