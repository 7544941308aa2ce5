import type { KubernetesObject } from "../api-server";
import type { Found } from "./declared-objects";
import { listed, managerInWords, title } from "./in-words";
import { managersOf } from "./managed-fields";

const label = (name: string) => `app.kubernetes.io/${name}`;

/** Whether the labels of a live object say that it is not this stack's. */
export function isStrange({ object: { manifest }, live }: Found): boolean {
  const [own, there] = [manifest.metadata.labels ?? {}, live.metadata.labels ?? {}];
  if (["instance", "part-of"].some((name) => own[label(name)] !== there[label(name)])) return true;
  return (there[label("managed-by")] ?? "muster") !== "muster";
}

/** What stands in the way of an update: everything that is there already and is another's. */
export function strangersInWords(strangers: readonly Found[]): string {
  return listed(
    "The stack's config leads to what is in the cluster already and is not this stack's; nothing was created or changed.",
    [
      ...strangers.map(({ live }) => `${title(live)}: ${owners(live).join("; ") || "nobody says whose"}`),
      "",
      "Give the system another namespace (muster:<system>.namespace), take over what is there (muster:<system>.adopt: true; not what is another stack's), or remove what is in the way.",
    ],
  );
}

/** Whose it is, by all that says so. */
export function owners(live: KubernetesObject): string[] {
  const { labels = {}, annotations = {} } = live.metadata;
  const [manager, stack, system] = ["managed-by", "instance", "part-of"].map((name) => labels[label(name)]);
  const release = annotations["meta.helm.sh/release-name"];
  return [
    ...(manager === "muster" ? [`stack ${stack} of Muster, system ${system}`] : []),
    ...(release ? [`Helm release ${release}`] : []),
    ...(manager && manager !== "muster" && !release ? [`managed by ${manager}`] : []),
    ...managersOf(live).map((each) => `written by ${managerInWords(each)}`),
  ];
}
