import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { inTheWay, moved } from "../../cluster/comparison/report";
import type { ReachedCluster } from "../../cluster/connect";
import { held } from "./declared-on-cluster";
import { api, namespace, type ThebotInPart, thebotInPart } from "./thebot-in-part";

describe("what an update loses or does once more is said before it", () => {
  let declared: readonly DeclaredObject[];
  let cluster: ReachedCluster;
  let make: ThebotInPart["make"];

  beforeAll(async () => {
    ({ declared, cluster, make } = await thebotInPart());
  });
  afterAll(() => api.delete(namespace));

  test("a Redis in memory that is left, and an image of PostgreSQL that does not read the data that are there", async () => {
    const isServer = ({ kind, metadata }: DeclaredObject["manifest"]) =>
      kind === "StatefulSet" && metadata.name === "thebot-postgres";
    await make(isServer);
    const all = declared.map((object) => {
      if (!isServer(object.manifest)) return object;
      const spec = structuredClone(object.manifest.spec);
      spec.template.spec.containers[0].image = "postgres:99-alpine";
      return { ...object, manifest: { ...object.manifest, spec } };
    });
    const { manifest } = declared.find((each) => each.manifest.kind === "Deployment")!;
    const spec = structuredClone(manifest.spec);
    spec.template.spec.containers[0].command = ["redis-server"];
    const redis = { ...manifest, metadata: { ...manifest.metadata, name: "in-memory" }, spec };
    const path = `/apis/apps/v1/namespaces/thebot/deployments/in-memory`;
    await api.apply(path, redis, { manager: "pulumi-kubernetes-test" });
    const { losses } = await held(all, cluster, declared);
    expect(losses).toEqual([
      expect.stringContaining("Deployment thebot/in-memory is removed, and what it holds in memory with it"),
      expect.stringMatching(
        /StatefulSet thebot\/thebot-postgres becomes postgres:99-alpine, which does not read what /,
      ),
    ]);
    expect((await held(declared, cluster, declared)).losses).toHaveLength(1);
    await api.delete(path);
  });

  test("a way out that the pods that run lose at once", async () => {
    const policy = declared.find(
      ({ manifest: { kind, spec } }) => kind === "NetworkPolicy" && spec.egress?.length > 1,
    )!;
    await make((manifest) => manifest === policy.manifest);
    const { name } = policy.manifest.metadata;
    expect((await held(declared, cluster, declared)).losses.join()).not.toContain("way out");
    const spec = { ...policy.manifest.spec, egress: policy.manifest.spec.egress.slice(1) };
    const other = { ...policy, manifest: { ...policy.manifest, spec } };
    const all = declared.map((each) => (each === policy ? other : each));
    const said = (await held(all, cluster, declared)).losses.filter((each) => each.includes("way out"));
    expect(said).toEqual([
      expect.stringContaining(`pods of NetworkPolicy thebot/${name} that run lose their way out to {`),
    ]);
  });

  test("a Job that runs again of the same image, for something else that has changed", async () => {
    const isJob = ({ manifest }: DeclaredObject) =>
      manifest.kind === "Job" && !manifest.metadata.name.startsWith("smoke");
    const job = declared.find(isJob)!;
    const before = {
      ...job,
      manifest: { ...job.manifest, metadata: { ...job.manifest.metadata, name: "before" } },
    };
    const record = declared.map((each) => (each === job ? before : each));
    const again = `Job thebot/${job.manifest.metadata.name} runs again, of the same image: something else that it runs with has changed`;
    expect((await held(declared, cluster, record)).losses).toEqual([again]);
    // With other resources it keeps its name.
    await make(({ kind, metadata }) => kind === "Job" && metadata.name === job.manifest.metadata.name);
    expect((await held(declared, cluster, declared)).losses).toEqual([]);
    const spec = structuredClone(job.manifest.spec);
    spec.template.spec.containers[0].resources.limits.memory = "77Mi";
    const other = { ...job, manifest: { ...job.manifest, spec } };
    const all = declared.map((each) => (each === job ? other : each));
    expect((await held(all, cluster, declared)).losses).toEqual([again]);
  });

  test("a server that is left while its volume stays, until config says so", async () => {
    const isPostgres = ({ kind, metadata }: DeclaredObject["manifest"]) =>
      kind === "StatefulSet" && metadata.name === "thebot-postgres";
    await make(isPostgres);
    const without = declared.filter(({ manifest }) => !isPostgres(manifest));
    const text = inTheWay(await held(without, cluster, declared)).join("\n");
    expect(text).toContain(
      "StatefulSet thebot/thebot-postgres is removed; data-thebot-postgres-0 stays, with its data",
    );
    expect(text).toContain("pulumi config set --path 'muster:thebot.leaves[0]' thebot-postgres");
    const meant = await held(without, cluster, declared, { leaves: { thebot: ["thebot-postgres"] } });
    expect(inTheWay(meant)).toEqual([]);
    expect(moved(meant)).toContain("StatefulSet thebot/thebot-postgres is removed");
    expect(inTheWay(await held(declared, cluster, declared))).toEqual([]);
  });
});
