import { networking } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./edge";
import { labels, type SystemInstance } from "./labels";

/** What the outside may reach, and how. */
export interface IngressDeclaration {
  readonly name: string;
  /** The hosts, the first of which is the system's address, and what of each leads where. */
  readonly hosts: readonly HostRoutes[];
  /** Serve HTTPS, and send plain HTTP there. */
  readonly tls: boolean;
  /** The Secret of its certificate (`kubernetes.io/tls`). Default: `<name>-tls`, which cert-manager fills. */
  readonly certificate?: string;
  /** Name of the IngressClass. */
  readonly className: string;
  /** Name of the cert-manager ClusterIssuer that makes the certificate. */
  readonly issuer?: string;
  readonly cors?: Cors;
  /** Requests that an address may make in a second. Default: unbounded. */
  readonly requestsPerSecond?: number;
  /** Seconds that a response, or a pause in one, may take: streams need long ones. Default: the controller's, 60. */
  readonly timeoutSeconds?: number;
  /** The largest request body, as nginx writes it: `50m`. Default: the controller's, 1m. */
  readonly maxBodySize?: string;
  /** Further annotations, which win over those that Muster sets. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Namespace of the ingress controller, which the network lets in. */
  readonly controllerNamespace: string;
  /** Addresses that the network lets in beside it: of load balancers, or of nodes that proxies run on. Default: none. */
  readonly sourceCidrs?: readonly string[];
  /** A Gateway that serves the hosts in place of an ingress controller. */
  readonly gateway?: Gateway;
}

/** A Gateway of the cluster, whose listeners take routes from the system's namespace. */
export interface Gateway {
  readonly name: string;
  readonly namespace: string;
  /** Name of the listener that the hosts are served on. Default: every one that takes them. */
  readonly listener?: string;
  /** Namespace of the proxies that answer for it, which the network lets in. Default: the Gateway's own. */
  readonly proxyNamespace?: string;
}

export interface HostRoutes {
  /** DNS name that is answered to. */
  readonly host: string;
  readonly routes: readonly Route[];
}

/** Everything below a path is led to a workload; of several paths the longest wins. */
export interface Route {
  readonly path: string;
  readonly to: Endpoint;
  /** Name of the workload's port. */
  readonly port: string;
}

/** A route to a port of a workload: no other compiles. */
export function route<Port extends string>(path: string, to: Endpoint<Port>, port: NoInfer<Port>): Route {
  return { path, to, port };
}

/** Which pages of other origins may call, as browsers ask. */
export interface Cors {
  /** `https://app.example.com`, or `*` for all; not `*` together with credentials. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** Whether cookies and other credentials are sent along. */
  readonly credentials: boolean;
}

export interface IngressArgs {
  readonly system: SystemInstance;
  readonly declared: IngressDeclaration;
}

/** An Ingress. What it asks of the controller beyond routes is written in the annotations of ingress-nginx. */
export class Ingress extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared: ingress }: IngressArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("muster:index:Ingress", name, {}, opts);
    const hosts = ingress.hosts.map(({ host }) => host);
    const { className } = ingress;
    new networking.v1.Ingress(
      name,
      {
        metadata: {
          name: ingress.name,
          namespace: system.namespace,
          labels: labels(system, ingress),
          annotations: annotations(ingress),
        },
        spec: {
          ...(isByAnnotation(className) ? {} : { ingressClassName: className }),
          ...(ingress.tls
            ? { tls: [{ hosts, secretName: ingress.certificate ?? `${ingress.name}-tls` }] }
            : {}),
          rules: ingress.hosts.map(({ host, routes }) => ({
            host,
            http: {
              paths: routes.map(({ path, to, port }) => ({
                path,
                pathType: "Prefix",
                backend: { service: { name: to.name, port: { name: port } } },
              })),
            },
          })),
        },
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.registerOutputs({ hosts });
  }
}

/** GKE's controller takes its class from the annotation alone, and has no IngressClass (cloud.google.com, GKE Ingress). */
const isByAnnotation = (className: string) => /^gce(-internal)?$/.test(className);

function annotations(ingress: IngressDeclaration): Record<string, string> {
  const { tls, issuer, cors, requestsPerSecond, timeoutSeconds, maxBodySize } = ingress;
  const nginx: Record<string, string> = {
    ...(tls ? { "force-ssl-redirect": "true" } : {}),
    ...(cors && {
      "enable-cors": "true",
      "cors-allow-origin": cors.origins.join(","),
      "cors-allow-methods": cors.methods.join(", "),
      "cors-allow-credentials": `${cors.credentials}`,
    }),
    ...(requestsPerSecond && { "limit-rps": `${requestsPerSecond}` }),
    ...(timeoutSeconds && {
      "proxy-read-timeout": `${timeoutSeconds}`,
      "proxy-send-timeout": `${timeoutSeconds}`,
    }),
    ...(maxBodySize && { "proxy-body-size": maxBodySize }),
  };
  return {
    ...Object.fromEntries(
      Object.entries(nginx).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
    ),
    ...(issuer ? { "cert-manager.io/cluster-issuer": issuer } : {}),
    ...(isByAnnotation(ingress.className) ? { "kubernetes.io/ingress.class": ingress.className } : {}),
    // Not every controller says what its address is; the wait for it would fail after all that is behind it runs.
    "pulumi.com/skipAwait": "true",
    ...ingress.annotations,
  };
}
