/** A coordination.k8s.io/v1 Lease: whoever holds it says from time to time that it is still there. */
import type { KubeObject } from "./object.ts";

export interface Lease extends KubeObject {
  kind: "Lease";
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    /** RFC 3339 with microseconds (metav1.MicroTime), as is renewTime. */
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
    preferredHolder?: string;
    strategy?: string;
  };
}
