import { describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";
import { openConnections, podIn } from "./connectivity";
import { documentedCommands, findsSomething } from "./documented-commands";
import { servicesKnowTheirPods } from "./ready-endpoints";
import { selects } from "./selects";

const namespace = "thebot";
const api = kubernetes();
const pods = () => api.list(`/api/v1/namespaces/${namespace}/pods`);
const runningPods = async () => (await pods()).filter(({ status }) => status.phase === "Running");
const component = ({ metadata }: KubernetesObject): string => metadata.labels["app.kubernetes.io/component"];

/** Looks at what the original's findings come down to, where thebot runs in prod. */
export function thebotInProd(workspace: () => Workspace): void {
  describe("thebot in prod", () => {
    test("one command installs it, and everything in it is ready", async () => {
      const running = async () => (await runningPods()).map(component).sort();
      const three = (name: string) => [name, name, name];
      await expect
        .poll(running)
        .toEqual([
          ...three("backend"),
          ...three("celery"),
          "celery-beat",
          ...three("frontend"),
          "postgres",
          "redis",
        ]);
    });

    test("migration and static files are done once database and Redis stand, and before the first backend", async () => {
      const startOf = async (name: string) =>
        Math.min(...(await pods()).filter((pod) => component(pod) === name).map(created));
      const jobs = await api.list(`/apis/batch/v1/namespaces/${namespace}/jobs`);
      expect(jobs.map(component).sort()).toEqual(["collectstatic", "migrate", "smoke"]);
      for (const job of jobs.filter((each) => component(each) !== "smoke")) {
        const done = Date.parse(job.status.completionTime);
        for (const before of ["postgres", "redis"])
          expect(await startOf(before)).toBeLessThanOrEqual(created(job));
        expect(done).toBeLessThanOrEqual(await startOf("backend"));
        if (component(job) === "migrate")
          for (const after of ["celery", "celery-beat"])
            expect(done).toBeLessThanOrEqual(await startOf(after));
        expect(job.spec).toMatchObject({ activeDeadlineSeconds: 600, backoffLimit: 3 });
        const { command } = job.spec.template.spec.containers[0];
        expect(command).toEqual(["python", "manage.py", component(job), "--noinput"]);
      }
    });

    test.each(documentedCommands.thebot)("the document's %s finds something", async (command) => {
      await findsSomething(command, { environment: workspace().environment });
    });

    test("six Services, each with its own pods behind it and no others", async () => {
      await servicesKnowTheirPods(api, namespace);
      const services = await api.list(`/api/v1/namespaces/${namespace}/services`);
      const slices = await api.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
      const all = await runningPods();
      const behind = services.map(({ metadata, spec }) => {
        const names = slices
          .filter((slice) => slice.metadata.labels["kubernetes.io/service-name"] === metadata.name)
          .flatMap(({ endpoints }) =>
            endpoints.map((each: { targetRef: { name: string } }) => each.targetRef.name),
          )
          .sort();
        const ports = spec.ports.map((each: { port: number }) => each.port).join();
        const of = new Set(names.map((name) => component(all.find((pod) => pod.metadata.name === name)!)));
        const expected = all.filter((pod) => of.has(component(pod))).map((pod) => pod.metadata.name);
        expect(names).toEqual(expected.sort());
        expect(spec.type).toBe("ClusterIP");
        return `${metadata.name}:${ports}${spec.clusterIP === "None" ? " headless" : ""} → ${[...of]}`;
      });
      expect(behind.sort()).toEqual([
        "thebot-backend:8000 → backend",
        "thebot-frontend:80 → frontend",
        "thebot-postgres-headless:5432 headless → postgres",
        "thebot-postgres:5432 → postgres",
        "thebot-redis-headless:6379 headless → redis",
        "thebot-redis:6379 → redis",
      ]);
      const sets = await api.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`);
      expect(sets.map(({ spec }) => spec.serviceName).sort()).toEqual([
        "thebot-postgres-headless",
        "thebot-redis-headless",
      ]);
    });

    test("every autoscaler looks at the pods of its own Deployment alone", async () => {
      const autoscalers = () =>
        api.list(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`);
      const reasons = async () =>
        (await autoscalers()).map(
          ({ status }) =>
            status.conditions?.find((each: { type: string }) => each.type === "ScalingActive")?.reason,
        );
      // No pod of the simulation uses CPU that could be measured; whose pods they are is looked at before that.
      await expect.poll(reasons).toEqual(Array(3).fill("FailedGetResourceMetric"));
      const all = await runningPods();
      for (const { spec } of await autoscalers()) {
        const { name } = spec.scaleTargetRef;
        const target = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
        const selected = new Set(all.filter((pod) => selects(target, pod)).map(component));
        expect([...selected]).toEqual([name.replace("thebot-", "")]);
      }
    });

    test("any pod can be evicted: none has two budgets, and the budgets leave one to go", async () => {
      const list = () => api.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`);
      await expect
        .poll(async () => (await list()).map(({ status }) => status))
        .toMatchObject(Array(3).fill({ expectedPods: 3, disruptionsAllowed: 1 }));
      const budgets = await list();
      for (const pod of await runningPods()) {
        const protecting = budgets.filter((budget) => selects(budget, pod));
        expect(protecting).toHaveLength(["backend", "celery", "frontend"].includes(component(pod)) ? 1 : 0);
        await api.create(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/eviction`, {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: pod.metadata.name },
          deleteOptions: { dryRun: ["All"] },
        });
      }
    });

    test("backends of several nodes mount media and static files, which bound as ReadWriteMany", async () => {
      const backends = (await runningPods()).filter((pod) => component(pod) === "backend");
      expect(new Set(backends.map(({ spec }) => spec.nodeName)).size).toBeGreaterThan(1);
      for (const claim of ["thebot-static", "thebot-media"]) {
        const { spec, status } = await api.get(
          `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`,
        );
        expect([spec.accessModes, status.phase]).toEqual([["ReadWriteMany"], "Bound"]);
        for (const pod of backends)
          expect(
            pod.spec.volumes.map(
              (each: { persistentVolumeClaim?: { claimName: string } }) =>
                each.persistentVolumeClaim?.claimName,
            ),
          ).toContain(claim);
      }
      const [{ volumeMounts }] = backends[0]!.spec.containers;
      expect(volumeMounts).toContainEqual({
        name: "thebot-static",
        mountPath: "/app/staticfiles",
        readOnly: true,
        recursiveReadOnly: undefined,
      });
      expect(volumeMounts).toContainEqual({ name: "thebot-media", mountPath: "/app/media" });
    });

    test("probes ask for what the application routes, as a proxy in front would", async () => {
      const [backend] = (await runningPods()).filter((pod) => component(pod) === "backend");
      const [container] = backend!.spec.containers;
      const httpHeaders = [{ name: "X-Forwarded-Proto", value: "https" }];
      expect(container.livenessProbe).toMatchObject({
        httpGet: { path: "/admin/login/", port: "http", httpHeaders },
        initialDelaySeconds: 30,
        periodSeconds: 10,
        timeoutSeconds: 5,
      });
      expect(container.readinessProbe).toMatchObject({
        httpGet: { path: "/api/system/health/startup/", port: "http", httpHeaders },
        initialDelaySeconds: 10,
        periodSeconds: 5,
        timeoutSeconds: 3,
      });
    });

    test("every pod has an account of its own, without a token, and a read-only root file system", async () => {
      for (const pod of await pods()) {
        expect(pod.spec.serviceAccountName).toBe(pod.metadata.labels["app.kubernetes.io/name"]);
        expect((pod.spec.volumes ?? []).some((each: { projected?: object }) => each.projected)).toBe(false);
        expect(pod.spec.containers[0].securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
      const [frontend] = (await runningPods()).filter((pod) => component(pod) === "frontend");
      expect(frontend!.spec.securityContext).toMatchObject({ runAsUser: 101 });
      const writable = frontend!.spec.containers[0].volumeMounts.map(
        (each: { mountPath: string }) => each.mountPath,
      );
      expect(writable.sort()).toEqual([
        "/tmp",
        "/usr/share/nginx/html/static",
        "/var/cache/nginx",
        "/var/run/nginx",
      ]);
    });

    test("a Secret of 8 keys, whose URLs hold the passwords that database and Redis ask for", async () => {
      const data = await secretData("thebot-secrets");
      const { password } = await secretData("thebot-postgres");
      const { password: redisPassword } = await secretData("thebot-redis");
      expect(Object.keys(data).sort()).toEqual([
        "DATABASE_URL",
        "OPENROUTER_API_KEY",
        "PACHCA_FORUM_API_TOKEN",
        "REDIS_URL",
        "SECRET_KEY",
        "TELEGRAM_BOT_TOKEN",
        "YOOKASSA_SECRET_KEY",
        "YOOKASSA_SHOP_ID",
      ]);
      expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(data.DATABASE_URL).toBe(`postgresql://thebot_user:${password}@thebot-postgres:5432/thebot_prod`);
      expect(data.REDIS_URL).toBe(`redis://:${redisPassword}@thebot-redis:6379`);
      const written = await workspace().stateFiles();
      const { data: settings } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/thebot-config`);
      for (const value of [password!, redisPassword!])
        expect(written.includes(value) || JSON.stringify(settings).includes(value)).toBe(false);
    });

    test("the network is open exactly where an edge says so", async () => {
      const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
      const ours = Object.fromEntries(
        (await pods()).map((pod) => [component(pod), podIn(namespace, pod.metadata.labels)]),
      );
      const backend = (await pods()).find((pod) => component(pod) === "backend")!;
      const others = {
        "another pod here": podIn(namespace),
        "the ingress controller": podIn("ingress-nginx"),
        "a backend elsewhere": podIn("elsewhere", backend.metadata.labels),
        dns: podIn("kube-system"),
        internet: { address: "93.184.216.34" },
        "a private address": { address: "10.1.2.3" },
        "the metadata service": { address: "169.254.169.254" },
      };
      const asked = [53, 80, 443, 3000, 5432, 6379, 6443, 8000].map((port) => ["TCP", port] as const);
      const open = openConnections(policies, { ...ours, "another pod here": podIn(namespace) }, others, [
        ...asked,
        ["UDP", 53],
      ]);
      const edges = (from: string, ...to: string[]) => to.map((each) => `${from} → ${each}`);
      const servers = ["dns TCP 53", "dns UDP 53", "postgres TCP 5432", "redis TCP 6379"];
      expect(open).toEqual(
        [
          ...edges("backend", ...servers, "internet TCP 443"),
          ...edges("celery", ...servers, "internet TCP 443"),
          ...edges("celery-beat", ...servers),
          ...edges("migrate", ...servers),
          ...edges("smoke", "dns TCP 53", "dns UDP 53", "backend TCP 8000", "frontend TCP 3000"),
          ...edges("the ingress controller", "backend TCP 8000", "frontend TCP 3000"),
        ].sort(),
      );
    });

    const created = ({ metadata }: KubernetesObject) => Date.parse(metadata.creationTimestamp);

    async function secretData(name: string): Promise<Record<string, string>> {
      const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
      return Object.fromEntries(
        Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
      );
    }
  });
}
