/** What happens to the server of a probed pod, whether the pod is registered or not: it falls ill, and recovers. */
import { end } from "./fact.ts";
import type { Life, LifeDeps, Pace } from "./namespace-life.ts";
import { detectionBoundMs, type ModelledPod, type ModelledProbe } from "./namespace-model.ts";
import type { PodHealth, PodServer } from "./pod-servers.ts";

export class HealthLife implements Life {
  readonly pace: Pace;
  readonly #deps: LifeDeps;
  readonly #pod: ModelledPod;
  readonly #probe: ModelledProbe;
  readonly #server: PodServer;
  #isHealthy = false;

  constructor(deps: LifeDeps, pod: ModelledPod, probe: ModelledProbe, server: PodServer) {
    this.#deps = deps;
    this.#pod = pod;
    this.#probe = probe;
    this.#server = server;
    // For so long that a probe has noticed: else it would not be known since when a pod has failed.
    const settledSeconds = (2 * detectionBoundMs(probe)) / 1000;
    this.pace = [settledSeconds, 3 * settledSeconds];
  }

  async act(): Promise<void> {
    const { chance } = this.#deps;
    const health: PodHealth = this.#isHealthy ? chance.pick(["failing", "silent", "gone"]) : "healthy";
    this.#isHealthy = health === "healthy";
    const sinceMs = Date.now();
    const step = this.#pod.healthy.begin(`become ${health}`, this.#isHealthy, sinceMs);
    await this.#server.become(health);
    end(step, "acknowledged", Date.now());
    const { periodSeconds, timeoutSeconds } = this.#probe;
    const recoveryBoundMs = (periodSeconds + timeoutSeconds) * 1000;
    if (this.#isHealthy) this.#deps.changed({ kind: "recovery", boundMs: recoveryBoundMs }, sinceMs);
    else this.#deps.changed({ kind: "failure", boundMs: detectionBoundMs(this.#probe) }, sinceMs);
  }
}
