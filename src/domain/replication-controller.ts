/** A core/v1 ReplicationController. It starts nothing here: it counts the registered pods that its selector matches. */
import type { KubeObject } from "./object.ts";
import type { PodSpec } from "./pod.ts";

export interface ReplicationController extends KubeObject {
  kind: "ReplicationController";
  spec: {
    replicas?: number;
    minReadySeconds?: number;
    selector?: Record<string, string>;
    template?: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      spec: PodSpec;
    };
  };
  status?: ReplicationControllerStatus;
}

export interface ReplicationControllerStatus {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
}
