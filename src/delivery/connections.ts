/** A Worker's invocation may wait for the headers of six connections at a time (Workers limits). */
export const CONNECTIONS = 6;

/** Does something that needs a connection, as soon as one is free: who asked first goes first. */
export type Connection = <T>(task: () => Promise<T>) => Promise<T>;

/** The connections of one invocation, however many messages share it. */
export function connections(): Connection {
  const waiting: (() => void)[] = [];
  let free = CONNECTIONS;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
