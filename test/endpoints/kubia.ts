/** The service kubia, and states of its pods. */
import type { Pod } from "../../src/domain/pod.ts";
import type { Service } from "../../src/domain/service.ts";
import { service } from "../objects.ts";

export const kubia = { labels: { app: "kubia" } };
export const web = (spec: Partial<Service["spec"]> = {}): Service =>
  service("kubia", { selector: { app: "kubia" }, ports: [{ port: 80, targetPort: 8080 }], ...spec });

export function unready(of: Pod): Pod {
  return { ...of, status: { ...of.status, conditions: [{ type: "Ready", status: "False" }] } };
}

export function terminating(of: Pod): Pod {
  return { ...of, metadata: { ...of.metadata, deletionTimestamp: "2026-11-01T00:00:00Z" } };
}
