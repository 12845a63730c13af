/** What there is in a cluster beside pods, services and those who have access. */
import { given, selector } from "./phrases.ts";

export const clusterDescriptions = {
  Namespace: "A place for names. Deleting it deletes all that is in it.",
  "Namespace.status": "Whether the namespace is in use or going away.",
  "NamespaceStatus.phase": "Active, or Terminating while its contents are being deleted.",
  "NamespaceSpec.finalizers": `${given} Holds a deleted namespace until it is empty.`,
  "Namespace.spec": "What holds the namespace.",

  ReplicationController:
    "Counts the pods that its selector chooses, and lends its template to pods that register with the annotation " +
    "rollcall.dev/template. It starts no pods.",
  "ReplicationController.spec": "How many pods are meant to be there, and what they look like.",
  "ReplicationController.status": "How many pods there are, as counted by Rollcall.",
  "ReplicationControllerSpec.replicas":
    "How many pods are meant to be there; whoever starts pods reads it. 1 is the default.",
  "ReplicationControllerSpec.selector": selector,
  "ReplicationControllerSpec.template": "What a pod that registers from this template looks like.",
  "ReplicationControllerSpec.minReadySeconds": "How long a pod must have been ready to be counted as available.",
  "ReplicationControllerStatus.replicas": "How many pods there are.",
  "ReplicationControllerStatus.readyReplicas": "How many of them are ready.",
  "ReplicationControllerStatus.availableReplicas": "How many of them have been ready for minReadySeconds.",
  "ReplicationControllerStatus.fullyLabeledReplicas": "How many of them have all the labels of the template.",
  "ReplicationControllerStatus.observedGeneration": "The generation of spec that was counted for.",
  "PodTemplateSpec.metadata": "Labels and annotations of the pod.",
  "PodTemplateSpec.spec": "The pod's spec.",

  Node:
    "Who answers for the pods that name it: an edge node of Rollcall's, which probes them, or a node that was registered by " +
    "somebody else, who says by themselves which pods are ready.",
  "Node.spec": "Whether the node takes new pods.",
  "Node.status": "Of an edge node: whether it probes, and how much it can take on.",
  "NodeSpec.unschedulable": "Whether the node is cordoned.",
  "NodeStatus.conditions": "Ready says whether the node probes.",
  "NodeStatus.capacity": "How many pods and how much probing the node has room for.",
  "NodeStatus.allocatable": "How many pods and how much probing the node has room for.",

  Event: "Something that happened, told by Rollcall or by others.",
  "Event.involvedObject": "What it happened to.",
  "Event.reason": "What happened, in one word.",
  "Event.message": "What happened, for people.",
  "Event.type": "Normal or Warning.",
  "Event.count": "How often it happened.",
  "Event.firstTimestamp": "When it happened first.",
  "Event.lastTimestamp": "When it happened last.",

  Lease: "A claim that is renewed as long as it holds, as in leader election. Rollcall keeps it; its holders read it.",
  "Lease.spec": "Who holds the lease, and until when.",
  "LeaseSpec.holderIdentity": "Who holds the lease.",
  "LeaseSpec.leaseDurationSeconds": "How long others wait from renewTime before they take it.",
  "LeaseSpec.acquireTime": "When it was taken.",
  "LeaseSpec.renewTime": "When it was renewed last.",
  "LeaseSpec.leaseTransitions": "How often it has passed from one holder to another.",
} as const;
