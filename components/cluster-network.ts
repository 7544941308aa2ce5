/** What the network of a cluster is like, as far as policies have to know it. All of it has the usual as its default. */
export interface ClusterNetwork {
  /** Where pods ask for names. Default: the pods of `kube-system`, on port 53. */
  readonly dns?: readonly DnsServers[];
  /** Where the API server is. Default: any address that is not link-local, on 443 and 6443. */
  readonly apiServer?: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
  /** Whether the outside is reached over IPv6 too. Default: false. */
  readonly ipv6?: boolean;
  /** Whether Cilium enforces the policies: to it an API server on a node of the cluster is no address. Default: false. */
  readonly cilium?: boolean;
}

/** The pods of a namespace, or addresses. */
export type DnsServers = { readonly port: number } & (
  | { readonly namespace: string }
  | { readonly cidrs: readonly string[] }
);
