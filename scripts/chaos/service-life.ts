/** What happens to one service: it is created, selects other pods, and goes. */
import type { KubernetesObject } from "../lab/api-client.ts";
import { serviceManifest } from "../lab/manifests.ts";
import { ModelledObject, writeAnnotation } from "./modelled-object.ts";
import type { Life, LifeDeps, Pace } from "./namespace-life.ts";
import type { ModelledService, ServiceState } from "./namespace-model.ts";

type Service = NonNullable<ServiceState>;

export class ServiceLife implements Life {
  readonly pace: Pace;
  readonly #deps: LifeDeps;
  readonly #service: ModelledService;
  readonly #object: ModelledObject<Service>;
  #writes = 0;
  #known: ServiceState;

  constructor(deps: LifeDeps, service: ModelledService, pace: Pace) {
    const { run, model, signal } = deps;
    this.#deps = deps;
    this.#service = service;
    this.pace = pace;
    const path = `/api/v1/namespaces/${model.namespace}/services/${service.name}`;
    const label = `service ${model.namespace}/${service.name}`;
    this.#object = new ModelledObject({ run, label, path, state: service.state, read: readService, signal });
  }

  async act(): Promise<void> {
    const known = this.#known;
    const written = await this.#write(known);
    const nowMs = Date.now();
    this.#known = this.#service.state.possible(nowMs, nowMs).at(-1);
    if (written !== undefined) this.#deps.changed({ kind: "write" }, written.atMs);
  }

  #write(known: ServiceState): ReturnType<ModelledObject<Service>["write"]> {
    if (known === undefined) return this.#create();
    return this.#deps.chance.happens(0.7) ? this.#reselect(known) : this.#delete();
  }

  #create(): ReturnType<ModelledObject<Service>["write"]> {
    const { run, model, port, chance } = this.#deps;
    const { name, headless } = this.#service;
    const next = this.#next(chance.pick(["a", "b"]));
    const manifest = serviceManifest(name, { targetPort: port, headless, selector: { app: next.app } });
    const metadata = { name, annotations: { [writeAnnotation]: next.write } };
    const path = `/api/v1/namespaces/${model.namespace}/services`;
    return this.#object.write("create", next, () => run.api("POST", path, { ...manifest, metadata }));
  }

  #reselect(known: Service): ReturnType<ModelledObject<Service>["write"]> {
    const { uid, clusterIP } = known;
    const next = { ...this.#next(known.app === "a" ? "b" : "a"), uid, clusterIP };
    const patch = {
      metadata: { annotations: { [writeAnnotation]: next.write } },
      spec: { selector: { app: next.app } },
    };
    return this.#object.write("reselect", next, (path) => this.#deps.run.api("PATCH", path, patch));
  }

  #delete(): ReturnType<ModelledObject<Service>["write"]> {
    return this.#object.write("delete", undefined, (path) => this.#deps.run.api("DELETE", path));
  }

  #next(app: string): Service {
    this.#writes += 1;
    return { uid: "", write: String(this.#writes), app, clusterIP: "" };
  }
}

export function readService({ metadata, spec }: KubernetesObject): Service {
  return {
    uid: metadata.uid,
    write: metadata.annotations?.[writeAnnotation] ?? "",
    app: spec?.selector?.["app"] ?? "",
    clusterIP: spec?.clusterIP ?? "",
  };
}
