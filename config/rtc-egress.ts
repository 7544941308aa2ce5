import { z } from "zod";
import { publicly } from "./reachable";
import { egress, redis, webDispatch, webhookNotifier, webRecorder } from "./rtc-egress-workloads";
import { type DeclaredSecret, optional } from "./secrets";
import type { SystemConfig } from "./system";
import { image } from "./values/image";
import { eitherOf, managedRedisWithoutTls } from "./values/managed";
import { placement } from "./values/placement";
import { pullSecrets } from "./values/pull-secrets";
import { oneOf, text } from "./values/scalar";
import { storage } from "./values/storage";
import { systemShape } from "./values/system-shape";

const images = z.strictObject({
  egress: image()
    .describe("The image of the recorders, the web dispatch and the webhook notifier.")
    .prefault("rtc-egress:latest"),
  webDispatch: image()
    .describe("The image of the web dispatch.")
    .prefault("rtc-egress/flexible-recorder:latest"),
  webRecorder: image()
    .describe("The image of the web recorder, which others make.")
    .prefault("your-web-recorder:latest"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When images are pulled: Always where a tag is built anew, Never for images built on the node.")
    .prefault("IfNotPresent"),
  webRecorderPullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("The same for the web recorder's image, which nobody builds on the node.")
    .prefault("IfNotPresent"),
});

/** `muster:rtc-egress`. */
const rtcEgressConfig = z
  .strictObject({
    ...systemShape("rtc-egress"),
    image: images.describe("The system's images.").prefault({}),
    imagePullSecrets: pullSecrets(),
    region: text({
      name: "the name of a region",
      rule: "small letters, digits and hyphens",
      example: "us-west-1",
      pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    })
      .describe("The region that tasks are assigned by (POD_REGION).")
      .prefault("us-west-1"),
    egress: egress.describe("The recorders of channels.").prefault({}),
    webhookNotifier: webhookNotifier
      .describe("Tells the application's webhook what becomes of its tasks.")
      .prefault({}),
    webDispatch: webDispatch.describe("Hands web pages to be recorded to the web recorder.").prefault({}),
    webRecorder: webRecorder.describe("Records web pages.").prefault({}),
    redis: redis
      .describe("The queue of tasks. Not together with managedRedis, which takes its place.")
      .optional(),
    managedRedis: managedRedisWithoutTls()
      .describe(
        "A Redis that somebody else runs, in place of the system's own: with noeviction, and notify-keyspace-events Kg$.",
      )
      .optional(),
    storage: z
      .strictObject({
        recordings: storage("100Gi").describe("The volume of the recordings.").prefault({}),
        snapshots: storage("50Gi").describe("The volume of the snapshots.").prefault({}),
      })
      .describe("Volumes that all recorders share: their class has to offer ReadWriteMany.")
      .prefault({}),
    placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  })
  .superRefine(eitherOf("redis", "managedRedis"))
  .meta({ not: { required: ["redis", "managedRedis"] } })
  .transform(({ redis: ownRedis = redis.parse({}), ...config }) => ({ ...config, redis: ownRedis }));

/** The secrets that the operator supplies; the password of Redis is generated. */
export const rtcEgressSecrets = {
  "app-id": {
    required: true,
    description: "The App ID of the Agora project.",
    neededBy: "every recorder, to join channels",
  },
  "webhook-url": {
    required: true,
    description: "The address of the application's webhook.",
    neededBy: "the webhook notifier, which calls it",
  },
  "webhook-auth-token": optional(
    "The token that the webhook is called with.",
    "the webhook notifier, where the webhook asks for one",
  ),
  "web-recorder-auth-token": optional(
    "The token of the web recorder.",
    "the web dispatch, where the web recorder asks for one",
  ),
  "redis-password": {
    required: true,
    description: "The password of Redis.",
    neededBy: "everything that works on the queue",
    when: "managedRedis",
    ownServer: true,
  },
} satisfies Record<string, DeclaredSecret>;

export const rtcEgress = {
  description: "rtc-egress: recorders of real-time channels and web pages, their queue and their notifier.",
  schema: rtcEgressConfig,
  secrets: rtcEgressSecrets,
  files: {},
  opened: () => ({ "webhook-url": publicly(443, 80) }),
} as const;

export type RtcEgressConfig = SystemConfig<typeof rtcEgress>;
