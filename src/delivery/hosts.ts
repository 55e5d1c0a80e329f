/** What one run knows and learns of the hosts that its channels call. The rules are in `breaker.ts`. */
import type { Reply } from "../channels/kind.ts";
import type { Circuit, Evidence, Gate } from "./breaker.ts";
import { faultOf, gate, NO_EVIDENCE, opened, PROBING, seen, trips } from "./breaker.ts";
import type { HostChanges } from "./settle-store.ts";

interface Caller {
  uid: string;
  host: string | null;
  failingSince: number | null;
  circuit: Circuit | null;
}

export class Hosts {
  readonly #circuits = new Map<string, Circuit>();
  readonly #evidence = new Map<string, Evidence>();
  /** Who has the probe of a host that may be tried again. */
  readonly #probers = new Map<string, string>();
  readonly #opened = new Map<string, Circuit>();
  readonly #closed = new Set<string>();

  constructor(callers: readonly Caller[]) {
    for (const { host, circuit } of callers) if (host !== null && circuit !== null) this.#circuits.set(host, circuit);
  }

  /** The hosts that may be probed at `now`, each with the first of these channels that would call it. */
  probes(callers: readonly Caller[], now: number): Map<string, string> {
    const first = new Map<string, string>();
    for (const { host, uid } of callers) {
      const circuit = host === null ? undefined : this.#circuits.get(host);
      if (circuit && now >= circuit.until && !first.has(host!)) first.set(host!, uid);
    }
    return first;
  }

  /** The probe of `host` is this channel's, or another run's if null: everyone else waits for its answer. */
  probing(host: string, uid: string | null, now: number): void {
    if (uid !== null) this.#probers.set(host, uid);
    this.#circuits.set(host, { trips: this.#circuits.get(host)?.trips ?? 1, until: now + PROBING });
  }

  /** Whether the channel may send at `now` what will be stale at `staleAt`. */
  gate({ uid, host }: Caller, staleAt: number, now: number): Gate {
    if (host !== null && this.#probers.get(host) === uid) return { type: "send", probe: true };
    const circuit = host === null ? undefined : this.#circuits.get(host);
    return gate(circuit ?? null, { staleAt, seed: uid }, now);
  }

  /** Takes in what came of a call at `now`. */
  note({ uid, host, failingSince }: Caller, reply: Reply, now: number): void {
    if (host === null || reply.type === "refused") return;
    const fault = faultOf(reply);
    const circuit = this.#circuits.get(host) ?? null;
    if (this.#probers.get(host) === uid) {
      this.#probers.delete(host);
      if (fault) this.#open(host, opened(circuit, now));
      else this.#close(host);
    } else if (circuit === null && failingSince === null) {
      const evidence = seen(this.#evidence.get(host) ?? NO_EVIDENCE, fault);
      this.#evidence.set(host, evidence);
      if (trips(evidence)) this.#open(host, opened(null, now));
    }
  }

  /** What the rows have to say after this run: nothing of hosts that were and are in good health. */
  changes(): HostChanges {
    return { opened: this.#opened, closed: [...this.#closed] };
  }

  #open(host: string, circuit: Circuit): void {
    this.#circuits.set(host, circuit);
    this.#opened.set(host, circuit);
  }

  #close(host: string): void {
    this.#circuits.delete(host);
    this.#evidence.delete(host);
    this.#closed.add(host);
  }
}
