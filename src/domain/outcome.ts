/**
 * What came of one probe. Unknown is our own fault or the platform's (a refused address range, a slot never granted):
 * it changes no readiness and is shown for what it is.
 */
export type Outcome =
  | { result: "success"; warning?: string }
  | { result: "failure"; message: string; cause: FailureCause }
  /** `transient`: it was a shortage of our own, that tells nothing of how the pod can be reached. */
  | { result: "unknown"; message: string; transient?: true };

/**
 * refused: the pod's side answered the connection attempt with a no. timed-out: nothing came in time. answered: the
 * pod spoke, and what it said was not success. broken: it spoke no HTTP, or hung up in the middle.
 */
export type FailureCause = "refused" | "timed-out" | "answered" | "broken";
