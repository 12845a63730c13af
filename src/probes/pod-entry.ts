/**
 * What a prober keeps of one pod beside its probes: its events, its lease, and what is still to be written or removed.
 * Says when something is due; does none of it.
 */
import { Convergence } from "../domain/convergence.ts";
import { graceEndMs, isPodTerminating, type Pod } from "../domain/pod.ts";
import { leaseOf, type PodLease } from "../domain/pod-lease.ts";
import type { PodEvents } from "./pod-events.ts";
import type { ProbedPod } from "./probed-pod.ts";

/** How long an attempt (to remove the pod, to hear whether its lease was renewed) has before there is another. */
const retryMs = 10_000;

export class PodEntry {
  readonly probed: ProbedPod;
  readonly events: PodEvents;
  readonly publication: Convergence;
  /** The last write failed; it is tried again with the next round. */
  unpublished = false;
  #lease: PodLease | undefined;
  #nextRemovalMs = 0;
  #nextReadMs = 0;

  constructor(probed: ProbedPod, events: PodEvents, write: (entry: PodEntry) => Promise<void>) {
    this.probed = probed;
    this.events = events;
    this.publication = new Convergence(() => write(this));
  }

  /** `pod` as it is now, and when it was last heard of. */
  update(pod: Pod, renewedMs: number | undefined, nowMs: number): void {
    this.probed.update(pod);
    this.#lease = leaseOf(pod, renewedMs);
    const isExpired = this.#lease !== undefined && nowMs >= this.#lease.endMs;
    this.probed.expired = isExpired ? this.#lease : undefined;
    this.#nextReadMs = 0;
  }

  /** How to remove the pod, when the time has come. Marks that it is tried. */
  beginRemoval(nowMs: number): "terminated" | "expired" | undefined {
    if (this.#removalDueMs() > nowMs) return undefined;
    this.#nextRemovalMs = nowMs + retryMs;
    return graceEndMs(this.probed.pod) === undefined ? "expired" : "terminated";
  }

  /** Whether the pod has failed for long enough to be removed, when it has failed just now. Marks that it is tried. */
  beginOverdueRemoval(nowMs: number): boolean {
    if (!this.probed.isOverdue(nowMs) || this.#nextRemovalMs > nowMs) return false;
    this.#nextRemovalMs = nowMs + retryMs;
    return true;
  }

  /** Whether it is time to look if the lease was renewed. Marks that it is tried. */
  beginReading(nowMs: number): boolean {
    if (this.#readDueMs() > nowMs) return false;
    this.#nextReadMs = nowMs + retryMs;
    return true;
  }

  /** When one of these or a probe is due next; Infinity for never. */
  nextDueMs(nowMs: number): number {
    const probes = this.probed.runnable().map(({ run }) => run.nextDueMs(nowMs));
    const others = Math.min(this.#removalDueMs(), this.#readDueMs());
    return Math.min(...probes, Math.max(others, nowMs));
  }

  #removalDueMs(): number {
    const { pod, expired } = this.probed;
    const dueMs = isPodTerminating(pod) ? graceEndMs(pod) : expired?.removalMs;
    return Math.max(dueMs ?? Infinity, this.#nextRemovalMs);
  }

  #readDueMs(): number {
    if (this.#lease === undefined || this.probed.expired !== undefined) return Infinity;
    return Math.max(this.#lease.endMs, this.#nextReadMs);
  }
}
