import { describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";
import { documentedCommands, findsSomething } from "./documented-commands";
import { servicesKnowTheirPods } from "./ready-endpoints";
import {
  autoscaler,
  bound,
  configFile,
  edges,
  environment,
  matrix,
  podTemplate,
  portsOf,
  running,
  secretData,
  sizes,
  workloadOf,
  writableClaims,
} from "./rtc-egress";
import { notifierScaling, programs, recorderScaling } from "./rtc-egress-in-the-document";

const api = kubernetes();

/** Looks at the document's promises, where rtc-egress runs in prod with its secrets; `said` is what its `up` printed. */
export function rtcEgressInProd(workspace: () => Workspace, said: () => string): void {
  describe("rtc-egress in prod", () => {
    const namespace = "rtc-egress";

    test("one command deploys it, with the document's numbers of pods", async () => {
      const { metadata } = await api.get(`/api/v1/namespaces/${namespace}`);
      expect(metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
      expect(said()).toContain("left out: muster:rtc-egress.monitoring needs the Prometheus Operator");
      await expect
        .poll(() => running(namespace))
        .toEqual({
          egress: 3,
          redis: 1,
          "web-dispatch": 6,
          "web-recorder": 6,
          "webhook-notifier": 2,
        });
    });

    test.each(documentedCommands["rtc-egress"])("the document's %s finds something", async (command) => {
      await findsSomething(command, { environment: workspace().environment });
    });

    test("recorders scale from 3 to 10, by the smaller of two steps in either direction", async () => {
      const { spec } = await autoscaler(namespace, "egress-hpa");
      expect(spec).toEqual(recorderScaling);
    });

    test("notifiers scale from 2 to 4, up by the larger of two steps, and down by half", async () => {
      const { spec } = await autoscaler(namespace, "webhook-notifier-hpa");
      expect(spec).toEqual(notifierScaling);
    });

    test("web dispatch and web recorder are fixed", async () => {
      const autoscalers = await api.list(
        `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
      );
      expect(autoscalers.map(({ metadata }) => metadata.name)).toEqual([
        "egress-hpa",
        "webhook-notifier-hpa",
      ]);
    });

    test.each(programs)(
      "$name runs as the document has it",
      async ({ name, ports, liveness, readiness, grace, ...rest }) => {
        const { spec } = await podTemplate(namespace, name);
        const [container] = spec.containers;
        expect({
          image: container.image,
          command: container.command,
          args: container.args,
          resources: bound(container.resources),
        }).toEqual(rest);
        expect(portsOf(container)).toEqual(ports);
        const [lastPort] = Object.keys(ports).slice(-1);
        for (const [probe, timing] of [
          [container.livenessProbe, liveness],
          [container.readinessProbe, readiness],
        ] as const) {
          // That of the notifier fails without Redis, for which a restart does nothing.
          if (name === "webhook-notifier" && probe === container.livenessProbe)
            expect(probe.tcpSocket).toMatchObject({ port: lastPort });
          else expect(probe.httpGet).toMatchObject({ path: "/health", port: lastPort });
          const { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold } = probe;
          expect([initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold]).toEqual(timing);
        }
        expect(spec.terminationGracePeriodSeconds).toBe(grace);
        expect([spec.serviceAccountName, spec.automountServiceAccountToken]).toEqual([name, false]);
        const service = await api.get(`/api/v1/namespaces/${namespace}/services/${name}`);
        expect(
          Object.fromEntries(
            service.spec.ports.map((each: { name: string; port: number }) => [each.name, each.port]),
          ),
        ).toEqual(ports);
      },
    );

    test("every Service reaches every pod behind it, on the port that it answers on", async () => {
      await servicesKnowTheirPods(api, namespace);
      const slices = await api.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
      const behind = slices.map((slice) => [
        slice.metadata.labels["kubernetes.io/service-name"],
        slice.ports.map(({ port }: { port: number }) => port).sort(),
        slice.endpoints.filter((each: { conditions: { ready: boolean } }) => each.conditions.ready).length,
      ]);
      expect(behind.sort()).toEqual([
        ["egress", [8182], 3],
        ["redis", [6379], 1],
        ["web-dispatch", [8182], 6],
        ["web-recorder", [3000], 6],
        ["webhook-notifier", [8185], 2],
      ]);
    });

    test("each program has the environment of its manifest, by the names of today too, with values from Secrets", async () => {
      const { password } = await secretData(namespace, "redis-secrets");
      expect(password).toMatch(/^\w{32}$/);
      const queue = {
        APP_ID: "an-app-id",
        AGORA_APP_ID: "an-app-id",
        REDIS_ADDR: "redis:6379",
        REDIS_PASSWORD: password,
        REDIS_DB: "0",
        POD_REGION: "us-west-1",
        SERVER_REGION: "us-west-1",
      };
      const workers = { POD_WORKERS: "4", SERVER_WORKERS: "4" };
      expect(await environment(namespace, "egress")).toEqual({ ...queue, ...workers });
      expect(await environment(namespace, "webhook-notifier")).toEqual({
        ...queue,
        WEBHOOK_URL: "https://hooks.example.com/agora",
        WEBHOOK_AUTH_TOKEN: "a-webhook-token",
      });
      expect(await environment(namespace, "web-dispatch")).toEqual({
        ...queue,
        ...workers,
        WEB_RECORDER_BASE_URL: "http://web-recorder:3000",
        WEB_RECORDER_AUTH_TOKEN: "a-recorder-token",
      });
      expect(await environment(namespace, "web-recorder")).toEqual({
        NODE_ENV: "production",
        HOME: "/tmp",
      });
    });

    test("each program's own file says the same as its environment, ports and Services", async () => {
      const redis = { addr: "redis:6379", db: 0 };
      const native = ["snapshot:*", "record:*"];
      const web = ["web:snapshot:*", "web:record:*"];
      // Those for any region, and those for its own.
      const patterns = (kinds: string[]) =>
        ["egress", "egress:us-west-1"].flatMap((of) => kinds.map((kind) => `${of}:${kind}`));
      const egress = await configFile(namespace, "egress", "egress_config.yaml");
      expect(egress).toMatchObject({
        server: { health_port: 8182, workers: 4, worker_patterns: patterns(native) },
        redis: { ...redis, worker_patterns: patterns(native) },
        pod: { region: "us-west-1", workers: 4 },
        snapshots: { output_dir: "/app/snapshots", layout: "flat" },
        recording: { output_dir: "/app/recordings", layout: "flat", format: "mp4" },
      });
      const dispatch = await configFile(namespace, "web-dispatch", "flexible_recorder_config.yaml");
      expect(dispatch).toMatchObject({
        server: { health_port: 8182, worker_patterns: patterns(web) },
        redis: { ...redis, worker_patterns: patterns(web) },
        web_recorder: { base_url: "http://web-recorder:3000" },
      });
      const notifier = await configFile(namespace, "webhook-notifier", "webhook_notifier_config.yaml");
      expect(notifier).toMatchObject({
        server: { health_port: 8185 },
        redis,
        webhook: { notify_states: ["PROCESSING", "STOPPED", "FAILED", "TIMEOUT"], max_retries: 5 },
      });
      // Ports at the top level are what the programs never read.
      for (const file of [egress, dispatch, notifier])
        expect(Object.keys(file).filter((key) => key.endsWith("_port"))).toEqual([]);
    });

    test("Redis tells of every change, drops no task and asks for a password", async () => {
      const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
      const lines = data["redis.conf"].split("\n");
      expect(lines).toEqual(
        expect.arrayContaining([
          "notify-keyspace-events Kg$",
          "maxmemory 256mb",
          "maxmemory-policy noeviction",
          "include /etc/redis-auth/auth.conf",
        ]),
      );
      const { spec } = await podTemplate(namespace, "redis");
      expect(bound(spec.containers[0].resources)).toEqual(sizes("100m", "128Mi", "500m", "512Mi"));
    });

    test("all recorders write to the same two volumes, from several nodes", async () => {
      const claims = await api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
      expect(
        claims.map(({ metadata, spec, status }) => [
          metadata.name,
          status.phase,
          spec.storageClassName,
          spec.accessModes,
          spec.resources.requests.storage,
        ]),
      ).toEqual([
        ["recordings", "Bound", "fast-ssd", ["ReadWriteMany"], "100Gi"],
        ["snapshots", "Bound", "fast-ssd", ["ReadWriteMany"], "50Gi"],
      ]);
      const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
      const mounting = pods.filter((pod) => writableClaims(pod).length > 0);
      expect(mounting.map((pod) => [workloadOf(pod), writableClaims(pod)])).toEqual(
        Array(3).fill([
          "egress",
          [
            ["recordings", "/app/recordings"],
            ["snapshots", "/app/snapshots"],
          ],
        ]),
      );
      expect(new Set(mounting.map((pod) => pod.spec.nodeName)).size).toBe(3);
    });

    test("pods of a workload stand on as many nodes as there are", async () => {
      const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
      for (const [name, nodes] of Object.entries({
        "web-dispatch": 6,
        "web-recorder": 6,
        "webhook-notifier": 2,
      })) {
        const own = pods.filter((pod) => workloadOf(pod) === name);
        expect([name, new Set(own.map((pod) => pod.spec.nodeName)).size]).toEqual([name, nodes]);
      }
    });

    test("every budget counts the pods that it is named after, and leaves the document's number", async () => {
      const counted = async () =>
        (await api.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`)).map(
          ({ metadata, spec, status }) => [
            metadata.name,
            spec.minAvailable,
            [status.expectedPods, status.desiredHealthy, status.disruptionsAllowed],
          ],
        );
      await expect.poll(counted).toEqual([
        ["egress", "50%", [3, 2, 1]],
        ["web-dispatch", "50%", [6, 3, 3]],
        ["web-recorder", "50%", [6, 3, 3]],
        ["webhook-notifier", 1, [2, 1, 1]],
      ]);
    });

    test("the network is open exactly where an edge says so", async () => {
      expect(await matrix(namespace)).toEqual(edges);
    });
  });
}
