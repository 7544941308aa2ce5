import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cors, Gateway, IngressDeclaration, Route } from "./ingress";
import { labels, resourceName, type SystemInstance } from "./labels";

export interface HttpRoutesArgs {
  readonly system: SystemInstance;
  readonly declared: IngressDeclaration;
  readonly gateway: Gateway;
}

/**
 * An HTTPRoute for each host of an ingress, in place of the Ingress. What is asked of an ingress controller and has
 * no form that every Gateway understands is said in a warning.
 */
export class HttpRoutes extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared: ingress, gateway }: HttpRoutesArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("muster:index:HttpRoutes", name, {}, opts);
    for (const { host, routes } of ingress.hosts)
      new apiextensions.CustomResource(
        resourceName(system, host),
        {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          // Named by the host, so that another host beside it moves none.
          metadata: { name: host, namespace: system.namespace, labels: labels(system, ingress) },
          spec: {
            parentRefs: [parentRef(gateway)],
            hostnames: [host],
            rules: routes.map((route) => rule(route, ingress)),
          },
        },
        { parent: this, dependsOn: opts.dependsOn },
      );
    const left = leftToTheGateway(ingress, gateway);
    if (left.length > 0) pulumi.log.warn(warning(system, gateway, left), this);
    this.registerOutputs({ hosts: ingress.hosts.map(({ host }) => host) });
  }
}

function parentRef({ name, namespace, listener }: Gateway) {
  return { name, namespace, sectionName: listener };
}

function rule({ path, to, port }: Route, { cors, timeoutSeconds }: IngressDeclaration) {
  return {
    matches: [{ path: { type: "PathPrefix", value: path } }],
    filters: cors && [{ type: "CORS", cors: corsFilter(cors) }],
    backendRefs: [{ name: to.name, port: to.servicePorts?.[port] ?? to.ports[port] }],
    timeouts: timeoutSeconds && { request: `${timeoutSeconds}s` },
  };
}

function corsFilter({ origins, methods, credentials }: Cors) {
  return {
    // Beside "*", the API server takes no other.
    allowOrigins: origins.includes("*") ? ["*"] : [...origins],
    allowMethods: [...methods],
    allowHeaders: [...headersOfNginx],
    allowCredentials: credentials,
  };
}

// What ingress-nginx lets pages of other origins send; a Gateway lets them send none by itself.
const headersOfNginx = [
  "DNT",
  "Keep-Alive",
  "User-Agent",
  "X-Requested-With",
  "If-Modified-Since",
  "Cache-Control",
  "Content-Type",
  "Range",
  "Authorization",
];

/** What an ingress controller would have done, each with the setting that asks for it. */
function leftToTheGateway(
  { tls, issuer, requestsPerSecond, maxBodySize, annotations }: IngressDeclaration,
  { listener }: Gateway,
): string[] {
  const plainHttp = listener ? "is not sent to HTTPS" : "is answered by each listener that takes the host";
  return [
    ...(tls ? [`tls: the certificate is the listener's, and plain HTTP ${plainHttp}`] : []),
    ...(issuer ? [`issuer ${issuer}: cert-manager makes certificates for Gateways, not for routes`] : []),
    ...(requestsPerSecond ? [`requestsPerSecond ${requestsPerSecond}: no rate is limited`] : []),
    ...(maxBodySize ? [`maxBodySize ${maxBodySize}: the Gateway's own bound holds`] : []),
    ...Object.keys(annotations).map((key) => `annotations ${key}: no ingress controller reads it`),
  ];
}

function warning(system: SystemInstance, { name, namespace }: Gateway, left: readonly string[]): string {
  return [
    `muster:${system.name}.ingress: an HTTPRoute cannot say the following, which is up to Gateway ${namespace}/${name}:`,
    ...left.map((each) => `    ${each}`),
  ].join("\n");
}
