/** Who makes a request, in Kubernetes' words. */
export interface User {
  username: string;
  groups: readonly string[];
}
