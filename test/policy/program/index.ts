import { apiextensions, apps, batch, core, Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

// A program with mistakes, for preview.test.ts: a root container, an init container without resources, a limit of 0, nothing
// said of a token, a setting that is not known before the ConfigMap is there, no NetworkPolicy, and what another controller will apply.
const provider = new Provider("files", { renderYamlToDirectory: "rendered" });
const metadata = (name: string) => ({ name, namespace: "shop" });
const securityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
const podSecurityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

const config = new core.v1.ConfigMap("config", { metadata: metadata("config") }, { provider });

new apps.v1.Deployment(
  "web",
  {
    metadata: metadata("web"),
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: podSecurityContext,
          initContainers: [{ name: "migrate", image: "web", securityContext }],
          containers: [
            {
              name: "web",
              image: "web",
              env: [{ name: "PASSWORD", value: pulumi.secret("hunter2") }],
              resources: { limits: { cpu: "1", memory: "1Gi" } },
              securityContext: { ...securityContext, runAsUser: 0 },
            },
          ],
        },
      },
    },
  },
  { provider },
);

new batch.v1.CronJob(
  "report",
  {
    metadata: metadata("report"),
    spec: {
      schedule: "0 6 * * *",
      concurrencyPolicy: "Forbid",
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: 600,
          backoffLimit: 0,
          template: {
            spec: {
              restartPolicy: "Never",
              securityContext: podSecurityContext,
              containers: [
                {
                  name: "report",
                  image: "web",
                  resources: { limits: { cpu: "1", memory: "0" } },
                  securityContext: { ...securityContext, runAsNonRoot: config.id.apply((id) => id === "") },
                },
              ],
            },
          },
        },
      },
    },
  },
  { provider },
);

new apiextensions.CustomResource(
  "elsewhere",
  { apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: metadata("elsewhere"), spec: {} },
  { provider },
);
