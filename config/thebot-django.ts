import { z } from "zod";
import { contradiction } from "./values/contradiction";
import { hostOrAddress, hostOrAddressGrammar } from "./values/host";
import { list } from "./values/list";
import { flag, integer, isMapping, oneOf, text } from "./values/scalar";
import { url } from "./values/url";

const hostHeader = () =>
  hostOrAddress({
    ...hostOrAddressGrammar,
    example: "localhost",
    hint: (value) => (value === "*" ? "would answer to every host" : hostOrAddressGrammar.hint(value)),
  });

const rate = () =>
  text({
    name: "a rate",
    rule: "a number per second, minute, hour or day",
    example: "1000/hour",
    pattern: /^[1-9][0-9]{0,8}\/(?:second|minute|hour|day)$/,
  });

const pythonModule = () =>
  text({
    name: "a module of Python",
    example: "core or core.celery",
    pattern: /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/,
  });

/** What Django is told, and Celery with it. Refused: what the application ends at when it reads it. */
export const django = z
  .strictObject({
    debug: flag().describe("Whether errors are shown to visitors, with the code.").prefault(false),
    environment: oneOf(["development", "staging", "production"])
      .describe(
        "What the application takes itself for (ENVIRONMENT). Default: production, or development where it debugs.",
      )
      .optional(),
    logLevel: oneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
      .describe("The least that is logged.")
      .prefault("INFO"),
    cacheTimeout: integer({ min: 0, max: 2_592_000, unit: "seconds" })
      .describe("How long cached answers hold.")
      .prefault(3600),
    apiPageSize: integer({ min: 1, max: 10_000 }).describe("Entries on a page of the API.").prefault(20),
    apiRateLimit: rate().describe("Requests that a client may make.").prefault("1000/hour"),
    allowedHosts: list(hostHeader())
      .describe("Host headers that are answered to beside the hosts of the ingress.")
      .prefault(["localhost", "127.0.0.1"]),
    frontendUrl: url({ schemes: ["https", "http"] })
      .describe("Where visitors find the frontend. Default: the ingress' first host.")
      .optional(),
    channelLayer: oneOf(["memory", "redis"])
      .describe(
        "Where WebSockets meet: in the memory of each backend, or in Redis, for images whose channel layer reads REDIS_URL.",
      )
      .prefault("memory"),
    celeryApp: pythonModule().describe("The module that Celery's application is in.").prefault("core"),
  })
  .superRefine(({ debug, environment, frontendUrl }, context) => {
    if (debug !== false) return;
    if (environment !== undefined && environment !== "production")
      contradiction(context, {
        path: ["environment"],
        input: environment,
        message: "is what the application does not start with unless it debugs",
        accepts: "production, or debug: true",
        beside: ["debug"],
      });
    if (/\/\/[^/]*(?:localhost|127\.0\.0\.1)/.test(`${frontendUrl}`))
      contradiction(context, {
        path: ["frontendUrl"],
        input: frontendUrl,
        message: "is an address that the application does not start with unless it debugs",
        accepts: "the address that visitors find the frontend at, or debug: true",
        beside: ["debug"],
      });
  })
  .transform(({ environment, ...rest }) => ({
    ...rest,
    environment: environment ?? (rest.debug ? "development" : "production"),
  }));

/** Refuses that no host at all is answered to. */
export function answersToSomebody(
  { django, ingress }: { readonly django?: unknown; readonly ingress?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (ingress !== undefined || !isMapping(django)) return;
  if (!Array.isArray(django.allowedHosts) || django.allowedHosts.length > 0) return;
  contradiction(context, {
    path: ["django", "allowedHosts"],
    input: django.allowedHosts,
    message: "leaves no host that is answered to, since there is no ingress",
    accepts: "a host name, or an ingress",
    beside: ["ingress"],
  });
}
