import { networking } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./edge";
import { type Home, labels, resourceName } from "./labels";

/** What the outside may reach, under one host. */
export interface IngressDeclaration {
  readonly name: string;
  /** DNS name that it answers to. */
  readonly host: string;
  /** Serve HTTPS with the certificate of Secret `<name>-tls`, and send plain HTTP there. */
  readonly tls: boolean;
  /** Name of the IngressClass. */
  readonly className: string;
  /** Name of the cert-manager ClusterIssuer that makes the certificate. */
  readonly issuer?: string;
  /** Further annotations, which win over those that Muster sets. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Namespace of the ingress controller, which the network lets in. */
  readonly controllerNamespace: string;
  /** Everything below it is led to the workload. */
  readonly path: string;
  readonly to: Endpoint;
  /** Name of the workload's port. */
  readonly port: string;
}

/** An Ingress that leads one host to one workload. */
export class Ingress extends pulumi.ComponentResource {
  constructor(home: Home, ingress: IngressDeclaration, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, ingress.name);
    super("muster:index:Ingress", name, {}, opts);
    new networking.v1.Ingress(
      name,
      {
        metadata: {
          name: ingress.name,
          namespace: home.namespace,
          labels: labels(home, ingress.name),
          annotations: {
            ...(ingress.tls ? { "nginx.ingress.kubernetes.io/force-ssl-redirect": "true" } : {}),
            ...(ingress.issuer ? { "cert-manager.io/cluster-issuer": ingress.issuer } : {}),
            ...ingress.annotations,
          },
        },
        spec: {
          ingressClassName: ingress.className,
          ...(ingress.tls ? { tls: [{ hosts: [ingress.host], secretName: `${ingress.name}-tls` }] } : {}),
          rules: [
            {
              host: ingress.host,
              http: {
                paths: [
                  {
                    path: ingress.path,
                    pathType: "Prefix",
                    backend: { service: { name: ingress.to.name, port: { name: ingress.port } } },
                  },
                ],
              },
            },
          ],
        },
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.registerOutputs({ host: ingress.host });
  }
}
