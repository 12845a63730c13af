/** Pods and their probes. */
import { given } from "./phrases.ts";

export const podDescriptions = {
  Pod:
    "Somewhere to send traffic: an address, and the probes that decide whether it is ready. Rollcall registers pods and probes " +
    "them; it does not start, restart or stop anything.",
  "Pod.spec": "What is to be probed, and how.",
  "Pod.status": "Where the pod is, which whoever registers it says, and whether it is ready, which Rollcall finds out.",
  "PodSpec.containers": "What runs in the pod. Their ports and readiness probes are what counts.",
  "PodSpec.initContainers":
    "Those with restartPolicy Always own ports, as the containers do; others are kept and ignored.",
  "PodSpec.nodeName":
    "Who decides about readiness: an edge node (the default: one is chosen) probes the pod; of a pod on a Node that somebody " +
    "else registered, readiness is what its status says.",
  "PodSpec.hostname": "The pod's own name in DNS below the service that subdomain names.",
  "PodSpec.subdomain": "The headless service under which hostname is a name in DNS.",
  "PodSpec.readinessGates":
    "Conditions that must be True besides, for the pod to be ready; others set them in its status.",
  "PodSpec.terminationGracePeriodSeconds":
    "How long a deleted pod stays listed as terminating. It receives no new traffic then.",
  "PodReadinessGate.conditionType": "The type of the condition in status.conditions.",
  "Container.name": "Names the container within the pod.",
  "Container.ports": "Ports, so that services and probes can call them by name.",
  "Container.readinessProbe":
    "Asked every period: while it fails, the pod receives no traffic. Without it, the container is ready.",
  "Container.startupProbe":
    "Asked first: until it has succeeded once, the container is not ready and its readiness probe waits.",
  "Container.livenessProbe": "Kept and ignored: Rollcall restarts nothing.",
  "Container.restartPolicy": "Always makes an init container a sidecar, whose ports count.",
  "ContainerPort.name": "What services and probes call the port.",
  "ContainerPort.containerPort": "The port's number.",
  "ContainerPort.protocol": "TCP (the default), UDP or SCTP.",
  Probe:
    "How to ask a container whether it is well, and how often. Exactly one of httpGet, tcpSocket, exec and grpc is given; exec " +
    "and grpc need an agent beside the pod, which does not exist yet.",
  "Probe.httpGet": "Ask by HTTP GET: a status from 200 to 399 is a success.",
  "Probe.tcpSocket": "Ask by opening a connection, which is a success by itself.",
  "Probe.exec": "Needs an agent beside the pod, which does not exist yet: the pod stays not ready.",
  "Probe.grpc": "Needs an agent beside the pod, which does not exist yet: the pod stays not ready.",
  "Probe.initialDelaySeconds": "How long after the container's start the first probe is due; 0 is the default.",
  "Probe.periodSeconds": "Seconds from one probe to the next; 10 is the default, 1 the least.",
  "Probe.timeoutSeconds": "Seconds until an answer counts as a failure; 1 is the default and the least.",
  "Probe.successThreshold": "How many successes in a row make a container that was not ready ready; 1 is the default.",
  "Probe.failureThreshold": "How many failures in a row make a ready container not ready; 3 is the default.",
  "HTTPGetAction.path": "The path to ask for, with its query; / is the default.",
  "HTTPGetAction.port": "A port's number, or the name of one of the container's ports.",
  "HTTPGetAction.host": "The host to connect to; the pod's IP is the default.",
  "HTTPGetAction.scheme": "HTTP (the default) or HTTPS, whose certificate is verified.",
  "HTTPGetAction.httpHeaders": "Headers to send; one named Host sets the host that is asked for.",
  "HTTPHeader.name": "The header's name.",
  "HTTPHeader.value": "The header's value.",
  "TCPSocketAction.port": "A port's number, or the name of one of the container's ports.",
  "TCPSocketAction.host": "The host to connect to; the pod's IP is the default.",
  "PodStatus.phase": "Running is the default. A pod that has Succeeded or Failed receives no traffic.",
  "PodStatus.podIP": "The pod's address, which DNS answers with. Whoever registers the pod says it.",
  "PodStatus.podIPs": "The pod's addresses, at most one per family; the first is podIP.",
  "PodStatus.conditions":
    "Ready and ContainersReady are found out by probing; others are kept, and read by readinessGates.",
  "PodStatus.containerStatuses": "Whether each container is ready, as found out by probing.",
  "PodStatus.startTime": `${given} When the pod was registered.`,
  "PodIP.ip": "An IPv4 or IPv6 address.",
  "PodCondition.type": "Ready, ContainersReady, or the name of a readiness gate.",
  "PodCondition.status": "True, False or Unknown.",
  "PodCondition.reason": "Why, in one word.",
  "PodCondition.message": "Why, for people.",
  "PodCondition.lastTransitionTime": "When status changed last.",
  "ContainerStatus.name": "The container's name.",
  "ContainerStatus.ready": "Whether the container's readiness probe says that it is ready.",
  "ContainerStatus.started": "Whether the container's startup probe has succeeded.",
} as const;
