/** Asks DNS without pause for every service of a namespace, and compares each answer with what it may have been. */
import { setTimeout as sleep } from "node:timers/promises";
import { askDns } from "../../test/e2e/ask-dns.ts";
import { keyOf } from "./namespace-life.ts";
import {
  findWrong,
  membership,
  possibleClusterIps,
  type ModelledPod,
  type ModelledService,
  type NamespaceModel,
  type Window,
} from "./namespace-model.ts";
import { complain, windowFor, type Run } from "./run.ts";

const pauseMs = 30;
const patienceMs = 10_000;

export class DnsObserver {
  readonly #run: Run;
  readonly #model: NamespaceModel;
  readonly #answeredMs = new Map<string, number>();

  constructor(run: Run, model: NamespaceModel) {
    this.#run = run;
    this.#model = model;
  }

  async observe(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const service of this.#model.services) {
        await this.#askAndCheck(service);
        await sleep(pauseMs);
      }
    }
  }

  /** A write has been acknowledged without a warning: what it took out is out of every answer from `sinceMs` on. */
  async checkDropped(sinceMs: number): Promise<void> {
    const { faults } = this.#run;
    for (const service of this.#model.services.filter(({ headless }) => headless)) {
      const askedMs = Date.now();
      const addresses = await this.#ask(service);
      if (addresses === undefined || faults.touches(sinceMs - this.#run.patienceMs, Date.now())) return;
      const late = this.#model.pods.filter((pod) => {
        const window = { ...windowFor(this.#run, pod, askedMs, Date.now()), fromMs: sinceMs };
        // Only what was written must show at once.
        return addresses.includes(pod.ip) && !membership(service, pod, window).mayBeIn;
      });
      for (const pod of late) this.#complain(service, `${pod.ip} is in it after the write`, pod, addresses);
    }
  }

  /** Whether the service is answered as it is at this moment. */
  async isConverged(service: ModelledService): Promise<boolean> {
    const addresses = await this.#ask(service);
    const nowMs = Date.now();
    const now: Window = { fromMs: nowMs, healthFromMs: nowMs, toMs: nowMs };
    return addresses !== undefined && this.#wrong(service, addresses, () => now).length === 0;
  }

  async #askAndCheck(service: ModelledService): Promise<void> {
    const { run, faults, arrivals, counts } = { run: this.#run, ...this.#run };
    const askedMs = Date.now();
    const addresses = await this.#ask(service);
    const answeredMs = Date.now();
    if (addresses === undefined) {
      if (faults.touches(askedMs, answeredMs)) counts.unansweredInFaults += 1;
      else counts.unansweredInCalm += 1;
      const lastMs = this.#answeredMs.get(service.name) ?? run.startMs;
      if (faults.calmSince(run.patienceMs, answeredMs) <= lastMs) return;
      this.#answeredMs.set(service.name, answeredMs);
      return complain(run, "no DNS answer", `${this.#nameOf(service)} was not answered for longer than allowed`);
    }
    this.#answeredMs.set(service.name, answeredMs);
    counts.answers += 1;
    const windowOf = (pod: ModelledPod | undefined): Window => windowFor(run, pod, askedMs, answeredMs);
    for (const { pod, why } of this.#wrong(service, addresses, windowOf)) this.#complain(service, why, pod, addresses);
    if (!service.headless) return;
    for (const pod of this.#model.pods) {
      const { mayBeIn, mayBeOut } = membership(service, pod, windowOf(pod));
      if (mayBeIn !== mayBeOut) counts.decisive += 1;
      arrivals.see(keyOf(this.#model, service, pod), addresses.includes(pod.ip), askedMs, answeredMs);
    }
  }

  #wrong(
    service: ModelledService,
    addresses: readonly string[],
    windowOf: (pod: ModelledPod | undefined) => Window,
  ): { pod: ModelledPod | undefined; why: string }[] {
    if (service.headless) return findWrong(this.#model, service, addresses, windowOf);
    const possible = possibleClusterIps(service, windowOf(undefined));
    // What it got, a create that is under way has not told yet.
    const isRight = possible.includes("") || possible.some((ip) => (ip ?? "") === addresses.join(" "));
    return isRight ? [] : [{ pod: undefined, why: `its cluster IP is ${possible.join(" or ")}` }];
  }

  /** The addresses; undefined when there was no answer, or one that says that it is none. */
  async #ask(service: ModelledService): Promise<string[] | undefined> {
    const timeout = sleep(patienceMs, undefined, { ref: false });
    const answer = await Promise.race([askDns(this.#run.url, this.#nameOf(service)).catch(() => undefined), timeout]);
    return answer?.rcode === "NOERROR" || answer?.rcode === "NXDOMAIN" ? answer.addresses : undefined;
  }

  #nameOf(service: ModelledService): string {
    return `${service.name}.${this.#model.namespace}.svc.cluster.local`;
  }

  #complain(service: ModelledService, why: string, pod: ModelledPod | undefined, addresses: readonly string[]): void {
    const { startMs } = this.#run;
    const told = JSON.stringify;
    complain(this.#run, "wrong DNS answer", `${this.#nameOf(service)} is ${addresses.join(" ") || "empty"}: ${why}`, [
      ...service.state.history(startMs, told).map((line) => `service ${line}`),
      ...(pod?.state.history(startMs, told) ?? []).map((line) => `pod ${line}`),
      ...(pod?.probe === undefined ? [] : pod.healthy.history(startMs, String).map((line) => `server ${line}`)),
    ]);
  }
}
