import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { systems } from "../systems";
import type { KubernetesObject } from "../tools/kubernetes";
import type { Costs } from "./costs";
import type { Place } from "./measure";
import { hold, objectsIn, render, rolledOut, writeChart } from "./objects";
import { setImage } from "./project";

const up = ["pulumi", "up", "--yes", "--skip-preview"] as const;
const destroy = ["pulumi", "destroy", "--yes", "--skip-preview"] as const;
const [before, after] = ["agentsmith-dispatcher:latest", "agentsmith-dispatcher:next"];

/** A program of one ConfigMap: what Pulumi takes by itself. */
export async function measureEmpty(costs: Costs, empty: Place): Promise<void> {
  await costs.add("empty program: first up", up, empty);
  await costs.add("empty program: unchanged up", up, empty);
  await costs.add("empty program: destroy", destroy, empty);
}

/** One system: by Muster, then the same objects by Helm and by kubectl. */
export async function measureOne(costs: Costs, muster: Place, directory: string): Promise<void> {
  await setImage(muster, before);
  await costs.add("muster: first up", up, muster);
  const from = "agentsmith-one";
  const objects = await objectsIn(from, muster);
  await costs.add("muster: preview", ["pulumi", "preview"], muster);
  await costs.add("muster: unchanged up", up, muster);
  await costs.add("muster: unchanged up with preview", ["pulumi", "up", "--yes"], muster);
  await setImage(muster, after);
  await costs.add("muster: image changed", up, muster);
  await costs.add("muster: destroy", destroy, muster);

  const others = { cwd: directory, env: muster.env };
  const helm = release("agentsmith", directory, "by-helm");
  writeChart(helm.chart, render(objects, { from, to: helm.namespace }, before));
  await costs.add("helm: install", ["sh", "-c", helm.install], others);
  await hold(helm.objects, objects, others);
  await costs.add("helm: unchanged upgrade", ["sh", "-c", helm.upgrade], others);
  writeChart(helm.chart, render(objects, { from, to: helm.namespace }, after));
  await costs.add("helm: image changed", ["sh", "-c", helm.upgrade], others);
  await costs.add("helm: uninstall, delete namespace", ["sh", "-c", helm.uninstall], others);

  const file = join(directory, "objects.yaml");
  const home = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "by-kubectl" } });
  const write = (image: string) =>
    writeFileSync(file, `${home}\n---\n${render(objects, { from, to: "by-kubectl" }, image)}`);
  const apply = `kubectl apply --server-side -f ${file} && ${rolledOut("by-kubectl")}`;
  write(before);
  await costs.add("kubectl: first apply", ["sh", "-c", apply], others);
  await hold(file, objects, others);
  await costs.add("kubectl: diff", ["kubectl", "diff", "--server-side", "-f", file], others);
  await costs.add("kubectl: unchanged apply", ["sh", "-c", apply], others);
  write(after);
  await costs.add("kubectl: image changed", ["sh", "-c", apply], others);
  await costs.add("kubectl: delete", ["kubectl", "delete", "-f", file], others);
}

/** Five systems in one stack, then the same objects as five charts, one after the other. */
export async function measureFive(
  costs: Costs,
  muster: Place,
  uncompared: Place,
  directory: string,
): Promise<void> {
  await costs.add("muster: five systems, first up", up, muster);
  await costs.add("muster: five systems, preview", ["pulumi", "preview"], muster);
  await costs.add("muster: five systems, preview without the comparison", ["pulumi", "preview"], uncompared);
  await costs.add("muster: five systems, unchanged up", up, muster);
  const namespaces = Object.keys(systems).map((name) => [name, `${name}-five`] as const);
  const objects = new Map<string, KubernetesObject[]>();
  for (const [name, namespace] of namespaces) objects.set(name, await objectsIn(namespace, muster));
  await costs.add("muster: five systems, destroy", destroy, muster);
  // What destroy keeps would be there already at the next first up.
  const all = namespaces.map(([, namespace]) => namespace);
  await execa("kubectl", ["delete", "namespace", "--ignore-not-found", ...all], muster);

  const others = { cwd: directory, env: muster.env };
  const releases = namespaces.map(([name, from]) => {
    const helm = release(name, directory, `${name}-by-helm`);
    writeChart(helm.chart, render(objects.get(name)!, { from, to: helm.namespace }));
    return helm;
  });
  const inARow = (what: "install" | "upgrade" | "uninstall") =>
    releases.map((each) => each[what]).join(" && ");
  await costs.add("helm: five installs", ["sh", "-c", inARow("install")], others);
  for (const [index, [name]] of namespaces.entries())
    await hold(releases[index]!.objects, objects.get(name)!, others);
  await costs.add("helm: five unchanged upgrades", ["sh", "-c", inARow("upgrade")], others);
  await execa("sh", ["-c", inARow("uninstall")], others);
}

/** So many copies of one system in one stack. */
export async function measureCopies(
  costs: Costs,
  place: Place,
  count: number,
  rounds: number,
): Promise<void> {
  const many = { ...place, env: { ...place.env, BENCH_COPIES: `${count}` } };
  await costs.add(`${count} × agentsmith: first up`, up, many);
  for (let round = 0; round < rounds; round++) {
    await costs.add(`${count} × agentsmith: preview`, ["pulumi", "preview"], many);
    await costs.add(`${count} × agentsmith: unchanged up`, up, many);
  }
}

/** A chart in a namespace of its own, and what Helm does with it: each waits as Muster does. */
function release(name: string, directory: string, namespace: string) {
  const chart = join(directory, "charts", name);
  const of = `${name} ${chart} --namespace ${namespace}`;
  return {
    chart,
    namespace,
    objects: join(chart, "objects.yaml"),
    install: `helm install ${of} --create-namespace --wait --wait-for-jobs`,
    upgrade: `helm upgrade ${of} --wait --wait-for-jobs`,
    uninstall: `helm uninstall ${name} --namespace ${namespace} --wait && kubectl delete namespace ${namespace}`,
  };
}
