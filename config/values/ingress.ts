import { z } from "zod";
import { cidr } from "./cidr";
import { contradiction } from "./contradiction";
import { orLeftOut } from "./defaults";
import { HOST, host } from "./host";
import { annotations } from "./label";
import { list } from "./list";
import { dnsLabel, gatewayName, ingressClassName, issuerName, listenerName, secretName } from "./name";
import { flag, integer, isMapping, oneOf, text } from "./scalar";

// What an HTTPRoute takes. An ingress controller may be given more by an annotation.
const MOST_ORIGINS = 64;
const ISSUER_ANNOTATION = "cert-manager.io/cluster-issuer";

/** What an ingress asks of its controller, where the operator says nothing. */
export interface IngressDefaults {
  readonly cors?: z.input<ReturnType<typeof cors>>;
  readonly requestsPerSecond?: number;
  readonly timeoutSeconds?: number;
  readonly maxBodySize?: string;
}

const origin = () =>
  text({
    name: "an origin, or * for all",
    example: "https://app.example.com",
    pattern: new RegExp(`^(?:\\*|https?://${HOST}(?::[1-9][0-9]{0,4})?)$`),
    // The Gateway API takes no longer one.
    longest: 253,
    hint: (origin) =>
      /^https?:\/\/[^/]+\//.test(origin) ? "has a path: an origin ends with its host" : undefined,
    check: (origin) => (Number(/[0-9]*$/.exec(origin)) > 65535 ? "has a port above 65535" : undefined),
  });

const bodySize = () =>
  text({
    name: "a size as nginx writes it",
    example: "50m",
    pattern: /^[1-9][0-9]{0,8}[kKmMgG]?$/,
    check: (size) =>
      Number(size) < 1024 ? `is ${size} bytes: the suffix is missing, as in ${size}m` : undefined,
  });

/** Which pages of other origins may call. Refused: all of them together with credentials, as browsers refuse it. */
const cors = () =>
  z
    .strictObject({
      origins: list(origin(), { least: 1, most: MOST_ORIGINS }).describe(
        "The origins, such as https://app.example.com; * for all.",
      ),
      methods: list(oneOf(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]), { least: 1 })
        .describe("The methods that they may use.")
        .prefault(["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
      credentials: flag().describe("Whether cookies and other credentials are sent along.").prefault(false),
    })
    .superRefine(({ origins, credentials }, context) => {
      if (credentials !== true || !Array.isArray(origins) || !origins.includes("*")) return;
      contradiction(context, {
        path: ["origins"],
        input: origins,
        message: "would let every page of the web call with its visitor's credentials",
        accepts: "origins by name, or credentials: false",
        beside: ["credentials"],
      });
    });

const gateway = () =>
  z.strictObject({
    name: gatewayName().describe("The Gateway."),
    namespace: dnsLabel().describe("Its namespace; its listeners must take routes from the system's."),
    listener: listenerName()
      .describe("The listener, such as the one for HTTPS. Default: each that takes the host.")
      .optional(),
    proxyNamespace: dnsLabel()
      .describe("The namespace of its proxies, which the network lets in. Default: the Gateway's own.")
      .optional(),
  });

/** What may be said of a way in from outside; a system adds to it, and checks it with `ingressAgrees`. */
export const ingressShape = (defaults: IngressDefaults = {}) => ({
  host: host().describe("The host name that it answers to."),
  tls: flag().describe("Whether the host is served over TLS.").prefault(false),
  className: ingressClassName().describe("The IngressClass.").prefault("nginx"),
  controllerNamespace: dnsLabel()
    .describe("The namespace of the ingress controller: the network lets it in, and nothing else.")
    .prefault("ingress-nginx"),
  sourceCidrs: list(cidr())
    .describe(
      "Addresses that the network lets in beside that namespace or the Gateway's: load balancers that reach pods by themselves, and nodes whose own network the controller is on.",
    )
    .optional(),
  issuer: issuerName()
    .describe(
      `The cert-manager ClusterIssuer of the certificate (annotation ${ISSUER_ANNOTATION}); with tls alone.`,
    )
    .optional(),
  certificate: secretName()
    .describe(
      "The Secret of a certificate of your own, in the system's namespace; with tls alone. Default: that of the issuer.",
    )
    .optional(),
  cors: orLeftOut(cors().describe("Which pages of other origins may call."), defaults.cors),
  requestsPerSecond: orLeftOut(
    integer({ min: 1, max: 100_000 }).describe("How many requests an address may make in a second."),
    defaults.requestsPerSecond,
  ),
  timeoutSeconds: orLeftOut(
    integer({ min: 1, max: 86_400, unit: "seconds" }).describe(
      "How long a response may pause, or behind a Gateway take in all: streams need long.",
    ),
    defaults.timeoutSeconds,
  ),
  maxBodySize: orLeftOut(bodySize().describe("The largest request body."), defaults.maxBodySize),
  annotations: annotations().describe("Further annotations for the ingress controller.").prefault({}),
  gateway: gateway()
    .describe(
      "The Gateway that serves the host instead of an ingress controller, by an HTTPRoute; what that cannot say is warned of.",
    )
    .optional(),
});

/** Refuses an issuer or a certificate without TLS, both of them, and an issuer that is said twice. */
export function ingressAgrees(
  {
    tls,
    issuer,
    certificate,
    gateway,
    annotations,
  }: { tls: unknown; issuer?: unknown; certificate?: unknown; gateway?: unknown; annotations: unknown },
  context: z.core.$RefinementCtx,
): void {
  const besideCertificate = [
    [tls === false, "tls", "nothing serves it, since tls is false", "a certificate together with tls: true"],
    [
      issuer !== undefined,
      "issuer",
      "stands beside an issuer, which would write its own there",
      "one of the two",
    ],
    [
      gateway !== undefined,
      "gateway",
      "is not asked for: behind a Gateway the certificate is its listener's",
      "one of the two",
    ],
  ] as const;
  for (const [isWrong, beside, message, accepts] of besideCertificate)
    if (certificate !== undefined && isWrong)
      contradiction(context, {
        path: ["certificate"],
        input: certificate,
        message,
        accepts,
        beside: [beside],
      });
  if (issuer !== undefined && tls === false)
    contradiction(context, {
      path: ["issuer"],
      input: issuer,
      message: "would issue a certificate that nothing serves, since tls is false",
      accepts: "an issuer together with tls: true",
      beside: ["tls"],
    });
  if (issuer !== undefined && isMapping(annotations) && Object.hasOwn(annotations, ISSUER_ANNOTATION))
    contradiction(context, {
      path: ["annotations", ISSUER_ANNOTATION],
      input: annotations[ISSUER_ANNOTATION],
      message: "says again what issuer says",
      accepts: "one of the two",
      beside: ["issuer"],
    });
}

/** The way in from outside, to one host. */
export const ingress = (defaults: IngressDefaults = {}) =>
  z.strictObject(ingressShape(defaults)).superRefine(ingressAgrees);
