import { address, type Endpoint, type External, network } from "./edge";

/** A service that somebody else runs, in place of one in the namespace. */
export interface ManagedServer {
  /** Host name or address. */
  readonly host: string;
  readonly port: number;
  /** Where it lies, as CIDRs: network policies know no host names. */
  readonly cidrs: readonly string[];
  /** Key of the supplied secret that holds its password. */
  readonly passwordKey: string;
}

/** A managed Redis, which is used like one of the namespace. */
export type ManagedRedis = External & ManagedServer & { readonly server: "redis"; readonly tls: boolean };

/** A managed PostgreSQL, which is used like one of the namespace. */
export type ManagedPostgresql = External &
  ManagedServer & { readonly server: "postgresql"; readonly database: string; readonly user: string };

export function managedRedis(server: ManagedServer & { readonly tls: boolean }): ManagedRedis {
  return { ...toServer("the managed Redis", server), ...server, server: "redis" };
}

export function managedPostgresql(
  server: ManagedServer & { readonly database: string; readonly user: string },
): ManagedPostgresql {
  return { ...toServer("the managed PostgreSQL", server), ...server, server: "postgresql" };
}

/** `host:port` of a server, of the system's own or a managed one. */
export function serverAddress(server: Endpoint | ManagedServer): string {
  return "host" in server ? `${server.host}:${server.port}` : address(server);
}

function toServer(what: string, { host, port, cidrs }: ManagedServer): External {
  return network({ what: `${what} at ${host}`, cidrs, ports: [port] });
}
