/** Who makes a request, in Kubernetes' words. */
export interface User {
  username: string;
  groups: readonly string[];
  uid?: string;
  /** What else whoever identified them says, such as which token they showed. */
  extra?: Readonly<Record<string, readonly string[]>>;
}
