import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectsIn } from "../faults/objects";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { changesNothing, deploy, type Placed, standsWhole } from "./all-systems";
import { rtcEgressSecrets } from "./rtc-egress";
import { rtcEgressInProd } from "./rtc-egress-in-prod";
import { secretValues } from "./secrets";
import { thebotAsDocumented } from "./thebot-documented";
import { thebotInProd } from "./thebot-in-prod";

const api = kubernetes();

// The tests build on each other, in this order.
describe("all systems in prod", () => {
  let workspace: Workspace;
  let said: string;
  let placed: Placed;

  beforeAll(async () => {
    workspace = await createWorkspace("prod");
    await workspace.succeeds("config", "set-all", ...rtcEgressSecrets);
    ({ said, placed } = await deploy(workspace));
  });
  afterAll(() => workspace.dispose());

  standsWhole(
    "prod",
    () => workspace,
    () => placed,
  );
  test("a second up changes nothing", () => changesNothing(workspace));

  thebotAsDocumented("prod");
  thebotInProd(() => workspace);
  rtcEgressInProd(
    () => workspace,
    () => said,
  );

  test("destroy leaves what it says it keeps, and nothing in the state", async () => {
    expect(placed["rtc-egress"]!.keeps).toEqual([
      "namespace rtc-egress",
      "volume recordings",
      "volume snapshots",
    ]);
    const volumes = await volumesOf(placed);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    for (const { namespace, keeps } of Object.values(placed)) {
      const left = await objectsIn(api, namespace);
      const named = (kind: string) =>
        left.filter((each) => each.startsWith(`${kind} `)).map((each) => each.split(" ")[1]);
      const volumesSaid = keeps.flatMap((each) => /^volume ([^,]+)/.exec(each)?.[1] ?? []);
      expect(named("Namespace")).toEqual(keeps.length > 0 ? [namespace] : []);
      expect(named("PersistentVolumeClaim").sort()).toEqual(volumesSaid.sort());
      for (const kind of gone) expect(named(kind), `${kind} in ${namespace}`).toEqual([]);
    }
    expect(await volumesOf(placed)).toEqual(volumes);
    const { deployment } = JSON.parse(await workspace.succeeds("stack", "export"));
    expect(deployment.resources ?? []).toEqual([]);
  });

  test("the next up takes over what it left, with passwords that agree, and changes nothing once more", async () => {
    const volumes = await volumesOf(placed);
    await deploy(workspace);
    expect(await volumesOf(placed)).toEqual(volumes);
    const { password } = await secretValues(api, "thebot", "thebot-postgres");
    expect((await secretValues(api, "thebot", "thebot-secrets")).DATABASE_URL).toContain(`:${password}@`);
    await changesNothing(workspace);
  });
});

const gone = [
  "Secret",
  "ConfigMap",
  "Service",
  "Deployment",
  "StatefulSet",
  "RoleBinding",
  "PodDisruptionBudget",
  "HorizontalPodAutoscaler",
];

/** Each claim, and the volume that it is bound to. */
async function volumesOf(placed: Placed): Promise<string[]> {
  const claims = await Promise.all(
    Object.values(placed).map(({ namespace }) =>
      api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`),
    ),
  );
  return claims
    .flat()
    .map(({ metadata, spec }) => `${metadata.namespace}/${metadata.name} ${metadata.uid} ${spec.volumeName}`)
    .sort();
}
